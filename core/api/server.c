#include "api/http.h"

#include "base/check.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/ssl.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum {
    SPARE_FILES = 512,       /* besides the connections: journal, media, pages on their way out */
    TABLE_FILES_MAX = 65536, /* libwebsockets keeps an array as long as the limit of open files */
    HEADER_BYTES = 8192,     /* all headers of one request */
    RECEIVE_BYTES = 2048,    /* a WebSocket's own buffer; longer frames come in parts */
    SEND_BYTES = 1 << 20,    /* up to this a message is written without a copy */
    KEEPALIVE_SECONDS = 30,
};

static char last_complaint[256]; /* of libwebsockets, for error texts */

/* Nearly all of it is about clients' mistakes: no reason to fill the operator's log. */
static void take_log(int level, const char *line)
{
    if (level == LLL_ERR) {
        g_strlcpy(last_complaint, line, sizeof(last_complaint));
        g_strchomp(last_complaint);
    }
    g_log("kh_api", G_LOG_LEVEL_DEBUG, "lws: %s", line);
}

#define DEFAULT(field, value)                                                                      \
    do {                                                                                           \
        if (!(field))                                                                              \
            (field) = (value);                                                                     \
    } while (0)

static void copy_config(struct kh_api *api, const struct kh_api_config *config)
{
    struct kh_api_config *own = &api->config;

    *own = *config;
    own->address = g_strdup(config->address ? config->address : "127.0.0.1");
    own->certificate = g_strdup(config->certificate);
    own->key = g_strdup(config->key);
    own->web_root = g_strdup(config->web_root);
    own->recordings = g_strdup(config->recordings);
    own->asyncapi = g_strdup(config->asyncapi);
    own->auth_db = g_strdup(config->auth_db);
    DEFAULT(own->rate_per_s, 50);
    DEFAULT(own->rate_burst, 100);
    DEFAULT(own->logins_per_min, 10);
    DEFAULT(own->backlog_bytes, 1 << 20);
    DEFAULT(own->window, 4096);
    DEFAULT(own->session_s, 24 * 3600);
    DEFAULT(own->connections_max, 4096);
    DEFAULT(own->per_address, 2048);
    DEFAULT(own->ping_s, 5);
    DEFAULT(own->timeout_s, 10);
}

static void free_config(struct kh_api_config *own)
{
    g_free((char *)own->address);
    g_free((char *)own->certificate);
    g_free((char *)own->key);
    g_free((char *)own->web_root);
    g_free((char *)own->recordings);
    g_free((char *)own->asyncapi);
    g_free((char *)own->auth_db);
}

struct place {
    bool is_four, is_any, is_loopback;
};

static bool read_address(const char *address, struct place *place)
{
    struct sockaddr_in four = { .sin_family = AF_INET };
    struct sockaddr_in6 six = { .sin6_family = AF_INET6 };

    if (inet_pton(AF_INET, address, &four.sin_addr) == 1) {
        place->is_four = true;
        place->is_any = four.sin_addr.s_addr == htonl(INADDR_ANY);
        place->is_loopback = kh_limit_is_loopback((struct sockaddr *)&four);
        return true;
    }
    if (inet_pton(AF_INET6, address, &six.sin6_addr) == 1) {
        place->is_four = false;
        place->is_any = IN6_IS_ADDR_UNSPECIFIED(&six.sin6_addr);
        place->is_loopback = kh_limit_is_loopback((struct sockaddr *)&six);
        return true;
    }
    return false;
}

static enum kh_err check_config(const struct kh_api_config *config, struct place *place,
                                struct kh_error *error)
{
    if (!read_address(config->address, place))
        return kh_err_set(error, KH_ERR_INVALID,
                          "address \"%s\" is not an IPv4 or IPv6 address in figures",
                          config->address);
    if (!config->certificate != !config->key)
        return kh_err_set(error, KH_ERR_INVALID, "certificate and key belong together: set both");
    if (!config->certificate && !config->allow_plain && !place->is_loopback)
        return kh_err_set(error, KH_ERR_INVALID,
                          "without a certificate only loopback is served, not %s: set certificate "
                          "and key, or allow_plain behind a proxy that does TLS",
                          config->address);
    if (!config->auth_db)
        return kh_err_set(error, KH_ERR_INVALID, "auth_db is not set");
    return KH_OK;
}

/* Found out here because libwebsockets only says that something was wrong. */
static enum kh_err check_tls(const struct kh_api_config *config, struct kh_error *error)
{
    SSL_CTX *tls;
    enum kh_err err = KH_OK;

    if (!config->certificate)
        return KH_OK;
    tls = SSL_CTX_new(TLS_server_method());
    if (!tls)
        return kh_err_set(error, KH_ERR_NOMEM, "TLS cannot start");
    if (SSL_CTX_use_certificate_chain_file(tls, config->certificate) != 1)
        err = kh_err_set(error, KH_ERR_IO, "%s is not a readable PEM certificate",
                         config->certificate);
    else if (SSL_CTX_use_PrivateKey_file(tls, config->key, SSL_FILETYPE_PEM) != 1 ||
             SSL_CTX_check_private_key(tls) != 1)
        err = kh_err_set(error, KH_ERR_IO, "%s is not the PEM key of %s", config->key,
                         config->certificate);
    SSL_CTX_free(tls);
    return err;
}

static enum kh_err open_folder(const char *path, int *fd, struct kh_error *error)
{
    if (!path)
        return KH_OK;
    *fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return *fd >= 0
               ? KH_OK
               : kh_err_set(error, KH_ERR_IO, "cannot open folder %s: %s", path, strerror(errno));
}

static enum kh_err open_files(struct kh_api *api, struct kh_error *error)
{
    enum kh_err err = kh_auth_open(api->config.auth_db, &api->auth, error);

    if (err == KH_OK)
        err = open_folder(api->config.recordings, &api->recordings_fd, error);
    /* No pages yet is no reason not to run a sitting: the door says so on its front page. */
    if (err == KH_OK && open_folder(api->config.web_root, &api->web_fd, error) != KH_OK)
        g_warning("%s has no pages: %s", api->config.web_root, strerror(errno));
    return err;
}

static void raise_files(struct rlimit *limit, unsigned connections)
{
    rlim_t need = connections + SPARE_FILES;

    if (getrlimit(RLIMIT_NOFILE, limit) != 0 || limit->rlim_cur >= need)
        return;
    limit->rlim_cur = MIN(need, limit->rlim_max);
    if (setrlimit(RLIMIT_NOFILE, limit) != 0 || limit->rlim_cur < need)
        g_warning("only %lu open files are allowed; %u connections need %lu",
                  (unsigned long)limit->rlim_cur, connections, (unsigned long)need);
}

/* libwebsockets sizes its tables by the limit of open files, and with a smaller fd_limit_per_thread
 * it searches them from end to end for each packet. So it is shown a sensible limit instead. */
static struct lws_context *create_context(struct kh_api *api,
                                          const struct lws_context_creation_info *info)
{
    struct rlimit limit = { 0 }, shown;
    struct lws_context *lws;

    raise_files(&limit, api->config.connections_max);
    shown = limit;
    shown.rlim_cur = MIN(limit.rlim_cur, TABLE_FILES_MAX);
    if (limit.rlim_cur > TABLE_FILES_MAX)
        setrlimit(RLIMIT_NOFILE, &shown);
    lws = lws_create_context(info);
    if (limit.rlim_cur > TABLE_FILES_MAX)
        setrlimit(RLIMIT_NOFILE, &limit);
    return lws;
}

static void fill_protocols(struct kh_api *api)
{
    /* The first name cannot be asked for: a subprotocol has no space in it. */
    api->protocols[0] = (struct lws_protocols){ .name = "plain http",
                                                .callback = kh_http_callback,
                                                .per_session_data_size = sizeof(struct kh_http),
                                                .tx_packet_size = SEND_BYTES };
    api->protocols[1] = (struct lws_protocols){ .name = "kyhop.v1",
                                                .callback = kh_ws_callback,
                                                .per_session_data_size = sizeof(struct kh_conn),
                                                .rx_buffer_size = RECEIVE_BYTES,
                                                .tx_packet_size = SEND_BYTES };
    api->keepalive = (lws_retry_bo_t){
        .secs_since_valid_ping = (uint16_t)api->config.ping_s,
        .secs_since_valid_hangup = (uint16_t)(api->config.ping_s * 3),
    };
}

static void fill_info(struct kh_api *api, const struct place *place,
                      struct lws_context_creation_info *info)
{
    const struct kh_api_config *config = &api->config;

    info->options = LWS_SERVER_OPTION_EXPLICIT_VHOSTS | LWS_SERVER_OPTION_GLIB |
                    LWS_SERVER_OPTION_FAIL_UPON_UNABLE_TO_BIND;
    info->foreign_loops = api->foreign_loops;
    info->user = api;
    info->port = config->port;
    info->iface = place->is_any ? NULL : config->address;
    if (place->is_four)
        info->options |= LWS_SERVER_OPTION_DISABLE_IPV6;
    info->protocols = api->protocols;
    info->retry_and_idle_policy = &api->keepalive;
    info->timeout_secs = config->timeout_s;
    info->timeout_secs_ah_idle = config->timeout_s;
    info->keepalive_timeout = KEEPALIVE_SECONDS;
    info->max_http_header_data = HEADER_BYTES;
    info->server_string = "kyhop";
    info->alpn = "http/1.1";
    info->vhost_name = "kyhop";
    if (!config->certificate)
        return;
    info->options |= LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
    info->ssl_cert_filepath = config->certificate;
    info->ssl_private_key_filepath = config->key;
    info->ssl_options_set = SSL_OP_NO_SSLv3 | SSL_OP_NO_TLSv1 | SSL_OP_NO_TLSv1_1;
}

static enum kh_err start(struct kh_api *api, const struct place *place, struct kh_error *error)
{
    struct lws_context_creation_info info = { 0 };

    lws_set_log_level(LLL_ERR | LLL_WARN, take_log);
    *last_complaint = '\0';
    fill_protocols(api);
    fill_info(api, place, &info);
    api->lws = create_context(api, &info);
    if (!api->lws)
        return kh_err_set(error, KH_ERR_IO,
                          "libwebsockets cannot start (is libwebsockets-evlib-glib installed?): %s",
                          last_complaint);
    api->vhost = lws_create_vhost(api->lws, &info);
    if (!api->vhost)
        return kh_err_set(error, KH_ERR_IO, "cannot listen on %s port %u: %s", api->config.address,
                          api->config.port, last_complaint);
    return KH_OK;
}

static struct kh_api *new_api(const struct kh_api_config *config, GMainLoop *loop,
                              const struct kh_api_ops *ops, void *user)
{
    struct kh_api *api = g_new0(struct kh_api, 1);

    copy_config(api, config);
    api->ops = ops;
    api->user = user;
    api->foreign_loops[0] = loop;
    api->web_fd = api->recordings_fd = -1;
    api->members = g_hash_table_new(g_str_hash, g_str_equal);
    api->sockets = g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL, g_free);
    api->peers = kh_peers_create();
    return api;
}

enum kh_err kh_api_create(const struct kh_api_config *config, GMainLoop *loop,
                          const struct kh_api_ops *ops, void *user, struct kh_api **out,
                          struct kh_error *error)
{
    struct kh_api *api;
    struct place place;
    enum kh_err err;

    KH_REQUIRE(ops->call && ops->you && ops->state && ops->roles && ops->connected);
    KH_REQUIRE(ops->metrics && ops->healthy && ops->may_read);
    api = new_api(config, loop, ops, user);
    err = check_config(&api->config, &place, error);
    if (err == KH_OK)
        err = check_tls(&api->config, error);
    if (err == KH_OK)
        err = open_files(api, error);
    if (err == KH_OK)
        err = start(api, &place, error);
    if (err != KH_OK) {
        kh_api_destroy(api);
        return err;
    }
    *out = api;
    return KH_OK;
}

void kh_api_destroy(struct kh_api *api)
{
    if (!api)
        return;
    api->is_stopping = true;
    kh_call_free_all(api);
    if (api->lws)
        lws_context_destroy(api->lws);
    kh_page_free_all(api);
    kh_member_free_all(api);
    kh_peers_destroy(api->peers);
    g_hash_table_destroy(api->sockets);
    kh_auth_close(api->auth);
    if (api->web_fd >= 0)
        close(api->web_fd);
    if (api->recordings_fd >= 0)
        close(api->recordings_fd);
    free_config(&api->config);
    g_free(api);
}

uint16_t kh_api_port(const struct kh_api *api)
{
    return (uint16_t)lws_get_vhost_listen_port(api->vhost);
}

struct kh_auth *kh_api_auth(struct kh_api *api)
{
    return api->auth;
}
