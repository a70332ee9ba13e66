#pragma once

#include <libpq-fe.h>
// What ends the wait for a connection's socket; Swift's own C module leaves it out.
#include <sys/eventfd.h>
