/// What the parameter table does not name: the rest of the language's words, values, and inputs that combine them.
enum Words {
    static let all =
        [
            "tr:", "?tr=", "&tr=", "/tr:", "ik-seo/", "/ik-thumbnail.jpg", "ik-attachment=true", "orig-true",
            "https://",
            "@@", "../", "%2e%2e/", "%2F", "%25", "%00", "%C3%A9", "é", "🐦", "\u{200F}", "\u{FEFF}",
            ",", ":", "_", "-", "N", "=", "&", "?", "#", "\\", " ",
            "l-image,", "l-text,", "l-video,", "l-subtitles,", ",l-end", "i-ik_canvas,", "ie-YQ==", "lm-displace",
            "if-", ",if-else,", ",if-end", "_and_", "_or_", "_eq_", "_ne_", "_gt_", "_gte_", "_lt_", "_lte_",
            "_add_", "_sub_", "_mul_", "_div_", "_mod_", "_pow_", "iw", "ih", "iar", "cw", "ch", "car", "bw", "bh",
            "bar",
            "0", "1", "0.5", "65535", "65536", "1000000", "9223372036854775808", "99999999999999999999", "0.000001",
            "1e9", "NaN", "inf", "N0", "-1", "FF0000", "FF000080", "red", "max", "auto", "true", "false",
            "extract", "pad_resize", "pad_extract", "at_max", "at_least", "force", "at_max_enlarge", "maintain_ratio",
            "center", "top_left", "bottom", "face", "custom", "blurred_", "dominant", "gradient_dominant_",
            "f-auto_avif_webp,q-80:", "f-jpg,q-1", "f-svg,q-100,dn-",
        ]

    static let inputs = [
        "w-300,h-200,cm-extract,fo-top_left:rt-90,fl-h_v,f-auto,q-50",
        "tr:w-300/folder/photo.jpg?tr=h-200&ik-s=abc&ik-t=1&v=2",
        "folder/tr:n-thumb,f-webp/photo%20one.jpg?ik-attachment=true&ik-attachment-filename=a%22b.jpg",
        "ik-seo/tr:w-1/folder/photo/friendly.jpg",
        "tr:w-auto,dpr-auto/https://example.com/a%2Fb.jpg?x=%zz",
        "film.pdf/ik-thumbnail.jpg?tr=pg-3",
        "w-iw_mul_0.5_add_2_pow_3,h-ih_div_4_mod_3,ar-iar_div_2,z-0.5,fo-auto",
        "x-N10,y-iw_sub_cw,w-10,h-10,cm-extract:xc-5,yc-ch_div_2,w-3,h-3,cm-extract",
        "if-w_gt_300_and_ar_lt_4-3,w-0.5:if-h_lte_9,e-grayscale,if-end,if-else,t-true,bl-3,if-end",
        "l-image,ie-YUBAYi5wbmc=,w-bw_div_2,h-0.5,lx-N5,lyc-bh_div_2,b-3_red,r-1_2_3_4,rt-N5,o-50,l-end",
        "l-text,ie-w7zwn5Cm2YU,w-bw_mul_0.4,fs-bh_div_20,ff-fonts@@a.ttf,tg-b_i_strikethrough,lh-1.5,pa-1_2_3_4,l-end",
        "l-image,i-ik_canvas,bg-gold,al-5,w-10,h-10,l-image,i-a,l-text,i-x,l-end,l-end,l-end:w-1",
        "bg-blurred_auto_N30,w-9,h-9,cm-pad_resize:bg-gradient_dominant_4,w-9,h-8,cm-pad_resize",
        "e-shadow-bl-15_st-40_x-10_y-N5,e-gradient-ld-top_right_from-red_to-00FF0010_sp-iw_div_2,e-usm-2-2-0.8-0.024",
        "e-distort-p-N5_0_100_20_100_80_0_100:e-distort-a-N360:cr-FF0000_5_00FF0030:e-colorize-co-red_in-15",
        "f-auto_avif_webp,q-80:pg-2,di-a/b.jpg:t-10:w-300,h-200,cm-extract,dpr-2:r-max:rt-90",
        "f-svg,q-80,lo-true,pr-true,cp-true,md-true,dn-300:if-w_gt_3,w-5,if-else,w-0.1,if-end",
    ]
}
