// The parts of the benchmark that must not be slower than what they measure.

#ifndef BASELINE_H
#define BASELINE_H

#include <stddef.h>
#include <stdint.h>

/// The width of every vector, and how many texts a request holds at the most.
enum { DIMENSIONS = 384, BATCH_LIMIT = 2048 };

/// A growing piece of memory; running out of it ends the program.
struct buffer {
  char *bytes;
  size_t count;
  size_t capacity;
};

void buffer_reserve(struct buffer *buffer, size_t more);
void buffer_append(struct buffer *buffer, const void *bytes, size_t count);
void buffer_print(struct buffer *buffer, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/// Prints why, and ends the program with status 1.
_Noreturn void fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

/// The monotonic clock in nanoseconds.
int64_t now(void);

/// A kept-alive HTTP/1.1 connection to 127.0.0.1, used by one thread.
struct client {
  int socket;
  int port;
  struct buffer reply;
};

void client_open(struct client *client, int port);

/// Sends the body of an embeddings request and waits for the answer; ends the program for any
/// status but 200. The answer's body is valid until the next call.
const char *client_post(struct client *client, const struct buffer *body, size_t *count);

/// Appends the JSON of an embeddings request for these texts.
void request_body(struct buffer *body, const char *const *texts, size_t count);

/// Answers embeddings requests with vectors that are made of prepared pieces, after a latency.
int run_endpoint(int latency_milliseconds);

/// Sends requests for some seconds, and prints how many rows came back per second.
int run_load(int port, int concurrency, int batch, int seconds);

/// Embeds and upserts every row of a table, with no queue, no lease and no progress.
int run_floor(const char *url, int port, int concurrency, int batch);

#endif
