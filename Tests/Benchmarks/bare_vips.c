/* One workload with bare libvips calls in one process: no HTTP, no queue, no fetch. deploy/bench compares Apus with it.
 *
 *     bare_vips FILE COUNT WIDTH HEIGHT FORMAT QUALITY
 *
 * Reads the file once, then COUNT times: decode, shrink to WIDTH (and HEIGHT, covering; 0 for none), encode into
 * memory. Prints the CPU milliseconds and the bytes of one picture. One thread, no operation cache, as in Apus' render
 * processes. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <vips/vips.h>

static double cpu_milliseconds(void)
{
	struct rusage usage;
	getrusage(RUSAGE_SELF, &usage);
	return 1e3 * (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
		+ 1e-3 * (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

static int encode(VipsImage *image, const char *format, int quality, void **bytes, size_t *length)
{
	if (strcmp(format, "jpg") == 0)
		return vips_jpegsave_buffer(image, bytes, length, "Q", quality, "optimize_coding", TRUE, "strip", TRUE, NULL);
	if (strcmp(format, "png") == 0)
		return vips_pngsave_buffer(image, bytes, length, "strip", TRUE, NULL);
	if (strcmp(format, "webp") == 0)
		return vips_webpsave_buffer(image, bytes, length, "Q", quality, "effort", 4, "strip", TRUE, NULL);
	if (strcmp(format, "avif") == 0)
		return vips_heifsave_buffer(image, bytes, length, "Q", quality, "effort", 1,
			"compression", VIPS_FOREIGN_HEIF_COMPRESSION_AV1, "strip", TRUE, NULL);
	if (strcmp(format, "gif") == 0)
		return vips_gifsave_buffer(image, bytes, length, NULL);
	vips_error("bare_vips", "no such format %s", format);
	return -1;
}

static int render(const char *file, const void *original, size_t size, int width, int height, const char *format,
	int quality, size_t *length)
{
	/* All frames where the output can hold them. */
	const char *options = g_str_has_suffix(file, ".gif") ? "n=-1" : "";
	VipsImage *image = NULL;
	void *bytes = NULL;
	int failed;

	if (height > 0)
		failed = vips_thumbnail_buffer((void *) original, size, &image, width, "height", height, "crop",
			VIPS_INTERESTING_CENTRE, "option_string", options, NULL);
	else
		failed = vips_thumbnail_buffer((void *) original, size, &image, width, "height", VIPS_MAX_COORD,
			"option_string", options, NULL);
	if (!failed)
		failed = encode(image, format, quality, &bytes, length);
	g_free(bytes);
	g_clear_object(&image);
	return failed;
}

int main(int count_of_arguments, char **arguments)
{
	gchar *original;
	gsize size;
	size_t length = 0;
	double start = 0;
	int count;

	if (count_of_arguments != 7 || VIPS_INIT(arguments[0]) || !g_file_get_contents(arguments[1], &original, &size, NULL)) {
		fprintf(stderr, "usage: bare_vips FILE COUNT WIDTH HEIGHT FORMAT QUALITY\n");
		return 1;
	}
	vips_concurrency_set(1);
	vips_cache_set_max(0);
	count = atoi(arguments[2]);
	/* The first one loads modules and tables. */
	for (int number = -1; number < count; number++) {
		if (number == 0)
			start = cpu_milliseconds();
		if (render(arguments[1], original, size, atoi(arguments[3]), atoi(arguments[4]), arguments[5],
				atoi(arguments[6]), &length)) {
			fprintf(stderr, "%s", vips_error_buffer());
			return 1;
		}
	}
	printf("%.3f %zu\n", (cpu_milliseconds() - start) / count, length);
	return 0;
}
