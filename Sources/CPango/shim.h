// Pango, cairo and fontconfig, and what Swift cannot import of them: casts that are macros, and calls of Linux that lie
// behind _GNU_SOURCE. A function each, no state. An errno is left in place.
#include <fontconfig/fontconfig.h>
#include <linux/falloc.h>
#include <linux/memfd.h>
#include <pango/pangocairo.h>
#include <pango/pangofc-font.h>
#include <pango/pangofc-fontmap.h>
#include <sys/syscall.h>
#include <unistd.h>

// memfd_create(2).
static inline int apus_font_memory(void) { return (int)syscall(SYS_memfd_create, "apus-font", MFD_CLOEXEC); }

// fallocate(2): gives the memory back under whatever still maps the file; what is read there afterwards is 0.
static inline int apus_font_memory_emptied(int descriptor, long count) {
    return (int)syscall(SYS_fallocate, descriptor, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0L, count);
}

static inline void apus_pango_nothing_logged(const char *domain, GLogLevelFlags level, const char *message,
                                             void *data) {
    (void)domain, (void)level, (void)message, (void)data;
}
// A stranger's font makes Pango warn of it; what went wrong is known from cairo's status.
static inline void apus_pango_be_silent(void) {
    g_log_set_handler("Pango", (GLogLevelFlags)(G_LOG_LEVEL_MASK), apus_pango_nothing_logged, NULL);
}

// The font map's own fontconfig configuration, instead of the process'. It takes a reference.
static inline void apus_pango_use_fonts(PangoFontMap *map, FcConfig *configuration) {
    pango_fc_font_map_set_config(PANGO_FC_FONT_MAP(map), configuration);
}

static inline const char *apus_family(FcPattern *pattern, int index) {
    FcChar8 *name = NULL;
    return FcPatternGetString(pattern, FC_FAMILY, index, &name) == FcResultMatch ? (const char *)name : NULL;
}
static inline FcPattern *apus_font(const FcFontSet *set, int index) { return set->fonts[index]; }

// 1 if done. The pattern must not come from a cache.
static inline int apus_rename_font(FcPattern *pattern, const char *family, const char *file) {
    FcPatternDel(pattern, FC_FAMILY);
    FcPatternDel(pattern, FC_FILE);
    return FcPatternAddString(pattern, FC_FAMILY, (const FcChar8 *)family) &&
           FcPatternAddString(pattern, FC_FILE, (const FcChar8 *)file);
}
static inline int apus_load_settings(FcConfig *configuration, const char *text) {
    return FcConfigParseAndLoadFromMemory(configuration, (const FcChar8 *)text, FcTrue);
}
static inline int apus_add_font_file(FcConfig *configuration, const char *path) {
    return FcConfigAppFontAddFile(configuration, (const FcChar8 *)path);
}

// Whether any glyph comes from a font with colours of its own.
static inline int apus_layout_has_colours(PangoLayout *layout) {
    PangoLayoutIter *place = pango_layout_get_iter(layout);
    int found = 0;
    do {
        PangoLayoutRun *run = pango_layout_iter_get_run_readonly(place);
        if (!run || !PANGO_IS_FC_FONT(run->item->analysis.font)) continue;
        FcPattern *pattern = pango_fc_font_get_pattern(PANGO_FC_FONT(run->item->analysis.font));
        FcBool has = FcFalse;
        found = pattern && FcPatternGetBool(pattern, FC_COLOR, 0, &has) == FcResultMatch && has;
    } while (!found && pango_layout_iter_next_run(place));
    pango_layout_iter_free(place);
    return found;
}
