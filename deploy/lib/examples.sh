# shellcheck shell=bash
# What deploy/up prints at its end.

print_examples() {
    local base=http://127.0.0.1:$port
    printf '\nApus is ready at %s\n' "$base"
    if [[ $config == "$repository/deploy/apus.yaml" ]]; then
        print_sample_urls "$base/demo"
    else
        printf '  URLs begin with %s/ACCOUNT/ as configured in %s\n' "$base" "$config"
    fi
    printf '\nLogs: %s/apus.log, %s/access.log, %s/nginx-error.log\n' "$state" "$state" "$state"
}

# One working URL per kind of thing that it can do, made of the pictures in deploy/samples.
print_sample_urls() {
    local demo=$1
    cat <<END
  resize               $demo/tr:w-400/kleiber.jpg
  crop to size, WebP   $demo/tr:w-400,h-300,f-webp/kleiber.jpg
  AVIF                 $demo/tr:w-600,f-avif/kleiber.jpg
  crop by position     $demo/tr:w-300,h-300,fo-left/kleiber.jpg
  cut out              $demo/tr:cm-extract,w-400,h-400,x-850,y-400/kleiber.jpg
  padding              $demo/tr:w-400,h-400,cm-pad_resize,bg-F3E2C0/kleiber.jpg
  grayscale, blur      $demo/tr:w-400,e-grayscale,bl-3/kleiber.jpg
  rounded corners      $demo/tr:w-300,h-300,r-max,f-png/kleiber.jpg
  chain, rotation      $demo/tr:w-400,h-300:rt-90/kleiber.jpg
  transparency         $demo/tr:w-300,bg-2A9D8F/kleiber-cutout.png
  animation            $demo/tr:w-120/earth.gif
  SVG to PNG           $demo/tr:w-300,f-png/swift.svg
  watermark            $demo/tr:w-600,l-image,i-swift.svg,w-120,o-70,lfo-bottom_right,l-end/kleiber.jpg
  text                 $demo/tr:w-600,l-text,i-Hello%20Nuthatch,fs-40,co-FFFFFF,bg-00000060,pa-10_20,r-10,lfo-bottom,l-end/kleiber.jpg
  named transformation $demo/tr:n-thumb/kleiber.jpg
  query form           $demo/kleiber.jpg?tr=w-400,h-300
  signed               $(signed_url "$demo/tr:w-400/kleiber.jpg")
  original             $demo/tr:orig-true/kleiber.jpg
END
}

signed_url() {
    "$program" sign --config "$config" "$1" --expires 86400 || echo "(apus sign failed)"
}
