/* settings.h - the table of plain settings of kyhop.lua: name, type, range, default, unit.
 *
 * Pure data. Parser, `kyhop check` and the documentation read the same rows. */
#ifndef KH_CONFIG_SETTINGS_H
#define KH_CONFIG_SETTINGS_H

#include "config/config.h"

enum kh_setting_kind { KH_SETTING_TEXT, KH_SETTING_PATH, KH_SETTING_INT, KH_SETTING_BOOL };

struct kh_setting {
    const char *path; /* "media.slots" */
    enum kh_setting_kind kind;
    size_t offset, size;  /* in struct kh_config */
    int64_t min, max;     /* INT */
    const char *standard; /* the default, as text; "" for none */
    const char *unit;     /* "" where there is none */
};

extern const struct kh_setting kh_settings[];
extern const unsigned kh_settings_n;

#endif
