// libfcgi, and the two waits of Linux that Swift's import of the C library leaves out.
#include <fcgiapp.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
