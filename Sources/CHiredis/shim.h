// Every function used of hiredis takes fixed arguments, so nothing has to be wrapped.
#include <hiredis/hiredis.h>
