// Part of shim.h, and under its rules: the operations that effects are made of.

// Arithmetic, in floating point unless both operands are whole.

static inline int apus_vips_linear_exact(VipsImage *in, const double *factors, const double *offsets, int count,
                                         VipsImage **out) {
    return vips_linear(in, out, (double *)factors, (double *)offsets, count, NULL);
}
static inline int apus_vips_add(VipsImage *first, VipsImage *second, VipsImage **out) {
    return vips_add(first, second, out, NULL);
}
static inline int apus_vips_subtract(VipsImage *first, VipsImage *second, VipsImage **out) {
    return vips_subtract(first, second, out, NULL);
}
static inline int apus_vips_divide(VipsImage *first, VipsImage *second, VipsImage **out) {
    return vips_divide(first, second, out, NULL);
}
static inline int apus_vips_absolute(VipsImage *in, VipsImage **out) { return vips_abs(in, out, NULL); }
static inline int apus_vips_square_root(VipsImage *in, VipsImage **out) { return vips_pow_const1(in, out, 0.5, NULL); }
// In degrees, 0 to 360.
static inline int apus_vips_angle(VipsImage *y, VipsImage *x, VipsImage **out) { return vips_atan2(y, x, out, NULL); }
static inline int apus_vips_mean_of_bands(VipsImage *in, VipsImage **out) { return vips_bandmean(in, out, NULL); }

// Choosing. Truth is 255.

static inline int apus_vips_is_above(VipsImage *in, double limit, VipsImage **out) {
    return vips_more_const1(in, out, limit, NULL);
}
static inline int apus_vips_any_band(VipsImage *in, VipsImage **out) { return vips_bandor(in, out, NULL); }
static inline int apus_vips_choose(VipsImage *condition, VipsImage *yes, VipsImage *no, VipsImage **out) {
    return vips_ifthenelse(condition, yes, no, out, NULL);
}

// Facts about a picture.

// For each column the first row that is not 0, for each row the first such column; the height or the width where all are 0.
static inline int apus_vips_profile(VipsImage *in, VipsImage **columns, VipsImage **rows) {
    return vips_profile(in, columns, rows, NULL);
}
static inline int apus_vips_histogram(VipsImage *in, VipsImage **out) { return vips_hist_find(in, out, NULL); }
static inline int apus_vips_every_nth_pixel(VipsImage *in, int across, int down, VipsImage **out) {
    return vips_subsample(in, out, across, down, "point", TRUE, NULL);
}

// Places.

// Two bands: x and y of each pixel.
static inline int apus_vips_places(int width, int height, VipsImage **out) { return vips_xyz(out, width, height, NULL); }
// Black where nothing is.
static inline int apus_vips_shifted(VipsImage *in, int right, int down, VipsImage **out) {
    return vips_embed(in, out, right, down, in->Xsize, in->Ysize, "extend", VIPS_EXTEND_BLACK, NULL);
}
static inline int apus_vips_framed(VipsImage *in, int margin, VipsImage **out) {
    return vips_embed(in, out, margin, margin, in->Xsize + 2 * margin, in->Ysize + 2 * margin, "extend",
                      VIPS_EXTEND_BLACK, NULL);
}
// Each pixel from the place in `in` that `places` names; 0 outside.
static inline int apus_vips_mapped(VipsImage *in, VipsImage *places, VipsImage **out) {
    VipsInterpolate *interpolation = vips_interpolate_new("bilinear");
    if (!interpolation) return -1;
    int code = vips_mapim(in, out, places, "interpolate", interpolation, "premultiplied", TRUE, NULL);
    g_object_unref(interpolation);
    return code;
}
// A kernel of `radius` pixels on each side at most.
static inline int apus_vips_cut_gaussian(double sigma, double smallest, VipsImage **out) {
    return vips_gaussmat(out, sigma, smallest, "separable", TRUE, "precision", VIPS_PRECISION_FLOAT, NULL);
}
