// Part of shim.h, and under its rules: pictures on pictures.

static inline int apus_vips_plain(const double *values, int bands, int width, int height, VipsImage **out) {
    double zeros[4] = {0, 0, 0, 0};
    VipsImage *black = NULL, *filled = NULL;
    if (vips_black(&black, width, height, "bands", bands, NULL)) return -1;
    int code = vips_linear(black, &filled, zeros, (double *)values, bands, "uchar", TRUE, NULL);
    g_object_unref(black);
    if (code) return code;
    code = vips_copy(filled, out, "interpretation", VIPS_INTERPRETATION_sRGB, NULL);
    g_object_unref(filled);
    return code;
}
// Of one size.
static inline int apus_vips_blend(VipsImage *below, VipsImage *above, VipsImage **out) {
    return vips_composite2(below, above, out, VIPS_BLEND_MODE_OVER, "compositing_space", VIPS_INTERPRETATION_sRGB, NULL);
}
// Each pixel from the place in `in` that `places` names; colours are weighted by alpha.
static inline int apus_vips_displaced(VipsImage *in, VipsImage *places, VipsImage **out) {
    VipsInterpolate *interpolation = vips_interpolate_new("bilinear");
    if (!interpolation) return -1;
    int code = vips_mapim(in, out, places, "interpolate", interpolation, NULL);
    g_object_unref(interpolation);
    return code;
}
