-- kyhop.lua - the settings of one server. This is the demo council of Hải Phòng; copy it and change
-- what differs. Every setting is shown with its default; `kyhop check config/kyhop.lua` names file,
-- line and mend of whatever is wrong. Paths are relative to this file.
return {
  listen = {
    address = "127.0.0.1", -- "0.0.0.0": all; then a certificate is needed (or allow_plain)
    port = 8080,
    -- certificate = "/etc/kyhop/fullchain.pem",
    -- key = "/etc/kyhop/privkey.pem",
    allow_plain = false, -- true: serve others without TLS (only behind a proxy that has it)
    rate_per_s = 50, -- requests of one connection in a second …
    rate_burst = 100, -- … and at once
  },

  data = "../data", -- journal, logins and recordings
  web = "../web/dist", -- the built pages
  plugins = "../plugins", -- one folder a procedure
  asyncapi = "../core/api/asyncapi.yaml", -- the API's description, served at /asyncapi.yaml

  media = {
    webrtc = true,
    webrtc_port = 8443, -- UDP, and TCP for networks that block UDP
    tcp = true,
    addresses = { "127.0.0.1" }, -- local addresses that browsers reach (IPv4 or IPv6)
    -- public_address = "203.0.113.7", -- behind a 1:1 NAT
    -- ice_servers = { { urls = { "turns:turn.example.vn:443" }, username = "…", credential = "…" } },
    rtp_port = 5004, -- plain RTP of hall hardware
    slots = 16, -- microphones that can be open (or muted) at one time
    depth_ms = -1, -- de-jitter depth; -1: as much as each sender's network needs
    jitter_latency_ms = 200, -- the longest that a missing packet is waited for (it follows the jitter)
    opus = { complexity = 9, bitrate = 32000, inband_fec = true, packet_loss_percent = 5 },
  },

  councils = {
    {
      id = "hai-phong",
      name = { vi = "Hội đồng nhân dân thành phố Hải Phòng", en = "People's Council of Hải Phòng" },
      procedure = "hai-phong", -- the folder under plugins
      -- Values of the procedure's settings, e.g. speech_first = 10; secret_form = "electronic" holds
      -- secret votes at the desks (core/box/README.md) instead of on paper.
      settings = {},
      roster = "roster.csv",
      documents = "demo/documents", -- papers: a folder for each agenda item, by its id; photos/ID.jpg
      record = true, -- the floor, one Ogg Opus file a sitting
      -- The sixth session of term XVI, 18-20 July 2022: the first "kỳ họp số".
      agenda = {
        { id = "khai-mac", kind = "opening", title = { vi = "Khai mạc kỳ họp thứ 6, khóa XVI", en = "Opening of the sixth session, term XVI" } },
        { id = "chuong-trinh", kind = "debate", title = { vi = "Thông qua chương trình kỳ họp", en = "Adoption of the agenda" } },
        { id = "bao-cao", kind = "report", title = { vi = "Báo cáo tình hình kinh tế – xã hội 6 tháng đầu năm 2022", en = "Report on the first six months of 2022" } },
        { id = "tham-tra", kind = "report", title = { vi = "Báo cáo thẩm tra của các ban HĐND", en = "Review reports of the council's committees" } },
        { id = "thao-luan", kind = "debate", title = { vi = "Thảo luận tại hội trường", en = "Debate" } },
        { id = "chat-van", kind = "questions", title = { vi = "Chất vấn và trả lời chất vấn", en = "Question time" } },
        { id = "nghi-quyet", kind = "debate", title = { vi = "Thông qua các nghị quyết", en = "Adoption of the resolutions" } },
        { id = "be-mac", kind = "closing", title = { vi = "Bế mạc kỳ họp", en = "Closing of the session" } },
      },
    },
  },
}
