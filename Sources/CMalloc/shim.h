#pragma once

// How glibc keeps freed memory; Swift's own C module leaves it out, and other libraries have none of it.
#if __has_include(<malloc.h>)
#include <malloc.h>
#endif
