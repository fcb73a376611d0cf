// libvips' operations are variadic, which Swift cannot import: one function for each operation in use, with fixed arguments,
// no defaults and no allocation of its own. Each returns what libvips returns: 0, or -1 with nothing in `out`.
#include <time.h>
#include <vips/vips.h>

// Loading. `bytes` must stay in place as long as any image made of them. fail_on: stop at damage instead of inventing pixels.
// `page` counts from 0, `pages` is -1 for all from there on.

static inline int apus_vips_jpegload(const void *bytes, size_t count, int shrink, VipsImage **out) {
    return vips_jpegload_buffer((void *)bytes, count, out, "shrink", shrink, "access", VIPS_ACCESS_SEQUENTIAL, "fail_on",
                                VIPS_FAIL_ON_ERROR, NULL);
}
static inline int apus_vips_pngload(const void *bytes, size_t count, VipsImage **out) {
    return vips_pngload_buffer((void *)bytes, count, out, "access", VIPS_ACCESS_SEQUENTIAL, "fail_on",
                               VIPS_FAIL_ON_ERROR, NULL);
}
static inline int apus_vips_webpload(const void *bytes, size_t count, int page, int pages, double scale, VipsImage **out) {
    return vips_webpload_buffer((void *)bytes, count, out, "page", page, "n", pages, "scale", scale, "access",
                                VIPS_ACCESS_SEQUENTIAL, "fail_on", VIPS_FAIL_ON_ERROR, NULL);
}
static inline int apus_vips_gifload(const void *bytes, size_t count, int page, int pages, VipsImage **out) {
    return vips_gifload_buffer((void *)bytes, count, out, "page", page, "n", pages, "access", VIPS_ACCESS_SEQUENTIAL,
                               "fail_on", VIPS_FAIL_ON_ERROR, NULL);
}
static inline int apus_vips_tiffload(const void *bytes, size_t count, int page, VipsImage **out) {
    return vips_tiffload_buffer((void *)bytes, count, out, "page", page, "access", VIPS_ACCESS_SEQUENTIAL, "fail_on",
                                VIPS_FAIL_ON_ERROR, NULL);
}
static inline int apus_vips_heifload(const void *bytes, size_t count, int page, VipsImage **out) {
    return vips_heifload_buffer((void *)bytes, count, out, "page", page, "access", VIPS_ACCESS_SEQUENTIAL, "fail_on",
                                VIPS_FAIL_ON_ERROR, NULL);
}
static inline int apus_vips_svgload(const void *bytes, size_t count, double scale, VipsImage **out) {
    return vips_svgload_buffer((void *)bytes, count, out, "scale", scale, "access", VIPS_ACCESS_SEQUENTIAL, NULL);
}
// 72 pixels to an inch times `scale`, on white.
static inline int apus_vips_pdfload(const void *bytes, size_t count, int page, double scale, VipsImage **out) {
    return vips_pdfload_buffer((void *)bytes, count, out, "page", page, "scale", scale, NULL);
}

// Geometry.

static inline int apus_vips_resize(VipsImage *in, double horizontal, double vertical, VipsImage **out) {
    return vips_resize(in, out, horizontal, "vscale", vertical, "kernel", VIPS_KERNEL_LANCZOS3, NULL);
}
static inline int apus_vips_crop(VipsImage *in, int left, int top, int width, int height, VipsImage **out) {
    return vips_extract_area(in, out, left, top, width, height, NULL);
}
static inline int apus_vips_embed(VipsImage *in, int left, int top, int width, int height, VipsArrayDouble *background,
                                  VipsImage **out) {
    return vips_embed(in, out, left, top, width, height, "extend", VIPS_EXTEND_BACKGROUND, "background", background,
                      NULL);
}
// An image in memory like `in`, with all that is said of it, but of another size; its pixels are to be written.
static inline int apus_vips_like(VipsImage *in, int width, int height, VipsImage **out) {
    VipsImage *made = vips_image_new_memory();
    if (vips_image_pipelinev(made, VIPS_DEMAND_STYLE_ANY, in, NULL)) {
        g_object_unref(made);
        return -1;
    }
    made->Xsize = width;
    made->Ysize = height;
    if (vips_image_write_prepare(made)) {
        g_object_unref(made);
        return -1;
    }
    *out = made;
    return 0;
}
// Of an image in memory.
static inline unsigned char *apus_vips_row(VipsImage *in, int row) { return VIPS_IMAGE_ADDR(in, 0, row); }
// What is more than `in` repeats its edge.
static inline int apus_vips_repeat_edge(VipsImage *in, int left, int top, int width, int height, VipsImage **out) {
    return vips_embed(in, out, left, top, width, height, "extend", VIPS_EXTEND_COPY, NULL);
}
static inline int apus_vips_autorot(VipsImage *in, VipsImage **out) { return vips_autorot(in, out, NULL); }
static inline int apus_vips_rot(VipsImage *in, VipsAngle angle, VipsImage **out) { return vips_rot(in, out, angle, NULL); }
static inline int apus_vips_rotate(VipsImage *in, double degrees, VipsArrayDouble *background, VipsImage **out) {
    return vips_rotate(in, out, degrees, "background", background, NULL);
}
static inline int apus_vips_flip(VipsImage *in, VipsDirection direction, VipsImage **out) {
    return vips_flip(in, out, direction, NULL);
}
static inline int apus_vips_join_frames(VipsImage **frames, int count, VipsImage **out) {
    return vips_arrayjoin(frames, out, count, "across", 1, NULL);
}

// Colour and alpha.

static inline int apus_vips_colourspace(VipsImage *in, VipsInterpretation space, VipsImage **out) {
    return vips_colourspace(in, out, space, NULL);
}
// `fallback`: libvips' name of the profile that is taken where none is embedded, or none that fits. Perceptual: some
// profiles know no other intent, and to those of three matrices all are the same.
static inline int apus_vips_icc_to_srgb(VipsImage *in, const char *fallback, VipsImage **out) {
    return vips_icc_transform(in, out, "srgb", "embedded", TRUE, "input_profile", fallback, "intent",
                              VIPS_INTENT_PERCEPTUAL, "black_point_compensation", TRUE, "depth", 8, NULL);
}
// From sRGB to the profile that `profiled` carries, which comes along. The same intent as above.
static inline int apus_vips_srgb_to_icc_of(VipsImage *in, VipsImage *profiled, VipsImage **out) {
    const void *profile;
    size_t count;
    VipsImage *neutral = NULL, *tagged = NULL;
    if (vips_image_get_blob(profiled, VIPS_META_ICC_NAME, &profile, &count)) return -1;
    if (vips_icc_import(in, &neutral, "input_profile", "srgb", "intent", VIPS_INTENT_PERCEPTUAL, NULL)) return -1;
    if (vips_copy(neutral, &tagged, NULL)) {
        g_object_unref(neutral);
        return -1;
    }
    vips_image_set_blob_copy(tagged, VIPS_META_ICC_NAME, profile, count);
    int code = vips_icc_export(tagged, out, "intent", VIPS_INTENT_PERCEPTUAL, "black_point_compensation", TRUE, "depth",
                               8, NULL);
    g_object_unref(neutral);
    g_object_unref(tagged);
    return code;
}
static inline int apus_vips_cast(VipsImage *in, VipsBandFormat format, VipsImage **out) {
    return vips_cast(in, out, format, NULL);
}
static inline int apus_vips_premultiply(VipsImage *in, VipsImage **out) { return vips_premultiply(in, out, NULL); }
static inline int apus_vips_unpremultiply(VipsImage *in, VipsImage **out) { return vips_unpremultiply(in, out, NULL); }
static inline int apus_vips_addalpha(VipsImage *in, VipsImage **out) { return vips_addalpha(in, out, NULL); }
static inline int apus_vips_flatten(VipsImage *in, VipsArrayDouble *background, VipsImage **out) {
    return vips_flatten(in, out, "background", background, NULL);
}
static inline int apus_vips_extract_bands(VipsImage *in, int first, int count, VipsImage **out) {
    return vips_extract_band(in, out, first, "n", count, NULL);
}
static inline int apus_vips_bandjoin2(VipsImage *first, VipsImage *second, VipsImage **out) {
    return vips_bandjoin2(first, second, out, NULL);
}
static inline int apus_vips_linear(VipsImage *in, const double *factors, const double *offsets, int count, VipsImage **out) {
    return vips_linear(in, out, (double *)factors, (double *)offsets, count, "uchar", TRUE, NULL);
}
// To the nearest whole number in 0…255, and to the nearest of a wider format; a cast alone cuts the fraction off.
static inline int apus_vips_round(VipsImage *in, VipsBandFormat format, VipsImage **out) {
    if (format == VIPS_FORMAT_UCHAR) return vips_linear1(in, out, 1, 0.5, "uchar", TRUE, NULL);
    VipsImage *raised = NULL;
    if (vips_linear1(in, &raised, 1, 0.5, NULL)) return -1;
    int code = vips_cast(raised, out, format, NULL);
    g_object_unref(raised);
    return code;
}
static inline int apus_vips_multiply(VipsImage *first, VipsImage *second, VipsImage **out) {
    return vips_multiply(first, second, out, NULL);
}

static inline int apus_vips_copy(VipsImage *in, VipsImage **out) { return vips_copy(in, out, NULL); }
// Pixels a millimetre.
static inline int apus_vips_copy_with_density(VipsImage *in, double density, VipsImage **out) {
    return vips_copy(in, out, "xres", density, "yres", density, NULL);
}
// Does nothing where there is no such field.
static inline void apus_vips_copy_field(VipsImage *from, VipsImage *to, const char *name) {
    GValue value = {0};
    if (!vips_image_get_typeof(from, name) || vips_image_get(from, name, &value)) return;
    vips_image_set(to, name, &value);
    g_value_unset(&value);
}
// Ground of one colour with alpha (each 0…255) under `in`, which has three bands and alpha.
static inline int apus_vips_lay_on_colour(VipsImage *in, double red, double green, double blue, double alpha, VipsImage **out) {
    double zero[4] = {0, 0, 0, 0};
    double colour[4] = {red, green, blue, alpha};
    VipsImage *ground = NULL, *filled = NULL;
    if (vips_linear(in, &ground, zero, colour, 4, "uchar", TRUE, NULL)) return -1;
    if (vips_copy(ground, &filled, "interpretation", VIPS_INTERPRETATION_sRGB, NULL)) {
        g_object_unref(ground);
        return -1;
    }
    int code = vips_composite2(filled, in, out, VIPS_BLEND_MODE_OVER, "compositing_space", VIPS_INTERPRETATION_sRGB, NULL);
    g_object_unref(ground);
    g_object_unref(filled);
    return code;
}

// Padding, and small pictures as numbers.

static inline int apus_vips_colours(const unsigned char *samples, size_t count, int width, int height, int bands,
                                    VipsImage **out) {
    VipsImage *plain = vips_image_new_from_memory_copy(samples, count, width, height, bands, VIPS_FORMAT_UCHAR);
    if (!plain) return -1;
    int code = vips_copy(plain, out, "interpretation", VIPS_INTERPRETATION_sRGB, NULL);
    g_object_unref(plain);
    return code;
}
static inline int apus_vips_attention(VipsImage *in, int width, int height, VipsImage **out) {
    return vips_smartcrop(in, out, width, height, "interesting", VIPS_INTERESTING_ATTENTION, NULL);
}
static inline int apus_vips_insert(VipsImage *ground, VipsImage *picture, int left, int top, VipsImage **out) {
    return vips_insert(ground, picture, out, left, top, NULL);
}
// Seen through where it is translucent; the ground's last band, full alpha, is dropped again.
static inline int apus_vips_lay(VipsImage *ground, VipsImage *picture, int left, int top, VipsImage **out) {
    VipsImage *both = NULL;
    if (vips_composite2(ground, picture, &both, VIPS_BLEND_MODE_OVER, "x", left, "y", top, "compositing_space",
                        VIPS_INTERPRETATION_sRGB, NULL))
        return -1;
    int code = vips_extract_band(both, out, 0, "n", 3, NULL);
    g_object_unref(both);
    return code;
}

// Effects.

// In floating point: libvips' integer kernels shift even a plain colour, by two in a hundred at some sigmas.
static inline int apus_vips_gaussian(double sigma, VipsImage **out) {
    return vips_gaussmat(out, sigma, 0.02, "separable", TRUE, "precision", VIPS_PRECISION_FLOAT, NULL);
}
static inline int apus_vips_convolve(VipsImage *in, VipsImage *mask, VipsImage **out) {
    return vips_conv(in, out, mask, "precision", VIPS_PRECISION_FLOAT, NULL);
}
// Keeps the last `rows` rows: what reads them with an overlap would have them made again and again.
static inline int apus_vips_keep_rows(VipsImage *in, int rows, VipsImage **out) {
    return vips_tilecache(in, out, "tile_width", in->Xsize, "tile_height", 16, "max_tiles", rows / 16 + 2, "access",
                          VIPS_ACCESS_SEQUENTIAL, NULL);
}

#include "effects.h"
#include "layers.h"

// Writing. The bytes belong to the caller, who frees them with g_free. strip: not even the fields that the encoders make up
// by themselves; what an image carries has to be removed before.

static inline int apus_vips_jpegsave(VipsImage *in, int quality, int progressive, int strip, void **bytes,
                                     size_t *count) {
    return vips_jpegsave_buffer(in, bytes, count, "Q", quality, "optimize_coding", TRUE, "interlace", progressive,
                                "strip", strip, NULL);
}
static inline int apus_vips_pngsave(VipsImage *in, int strip, void **bytes, size_t *count) {
    return vips_pngsave_buffer(in, bytes, count, "compression", 6, "filter", VIPS_FOREIGN_PNG_FILTER_ALL, "strip",
                               strip, NULL);
}
// Of a lossless one `quality` is how hard it is tried to make it small.
static inline int apus_vips_webpsave(VipsImage *in, int quality, int lossless, int strip, void **bytes, size_t *count) {
    return vips_webpsave_buffer(in, bytes, count, "Q", quality, "lossless", lossless, "effort", 4, "strip", strip,
                                NULL);
}
static inline int apus_vips_avifsave(VipsImage *in, int quality, int strip, void **bytes, size_t *count) {
    return vips_heifsave_buffer(in, bytes, count, "Q", quality, "compression", VIPS_FOREIGN_HEIF_COMPRESSION_AV1,
                                "effort", 1, "strip", strip, NULL);
}
static inline int apus_vips_gifsave(VipsImage *in, void **bytes, size_t *count) {
    return vips_gifsave_buffer(in, bytes, count, "strip", FALSE, NULL);
}

// The cast and type macros of GObject.

static inline void apus_vips_unref(void *object) { g_object_unref(object); }
static inline void apus_vips_ref(void *object) { g_object_ref(object); }

// Stops work on `image`, and on what is made of it from here on, once CLOCK_MONOTONIC has passed `*deadline` nanoseconds.
// `deadline` must outlive the image and may be changed while it lives.
static inline void apus_vips_stop_when_late(VipsImage *image, VipsProgress *progress, long long *deadline) {
    (void)progress;
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    if ((long long)now.tv_sec * 1000000000LL + now.tv_nsec >= *deadline) vips_image_set_kill(image, TRUE);
}
static inline void apus_vips_limit_time(VipsImage *image, long long *deadline) {
    // An image reports the progress of an earlier one, if that has it on: off first makes it report its own.
    vips_image_set_progress(image, FALSE);
    vips_image_set_progress(image, TRUE);
    g_signal_connect(image, "eval", G_CALLBACK(apus_vips_stop_when_late), deadline);
}
