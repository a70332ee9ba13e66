#pragma once

#include <libpq-fe.h>
// What libpq builds its TLS on, which knows more of a certificate than libpq tells.
#include <openssl/ssl.h>
// What ends the wait for a connection's socket; Swift's own C module leaves it out.
#include <sys/eventfd.h>
