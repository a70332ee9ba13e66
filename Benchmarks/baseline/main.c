#include "baseline.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

void fail(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  vfprintf(stderr, format, arguments);
  va_end(arguments);
  fputc('\n', stderr);
  exit(1);
}

int64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

void buffer_reserve(struct buffer *buffer, size_t more) {
  if (buffer->capacity - buffer->count >= more) return;
  size_t capacity = buffer->capacity * 2 + more;
  buffer->bytes = realloc(buffer->bytes, capacity);
  if (!buffer->bytes) fail("out of memory");
  buffer->capacity = capacity;
}

void buffer_append(struct buffer *buffer, const void *bytes, size_t count) {
  buffer_reserve(buffer, count);
  memcpy(buffer->bytes + buffer->count, bytes, count);
  buffer->count += count;
}

void buffer_print(struct buffer *buffer, const char *format, ...) {
  char text[512];
  va_list arguments;
  va_start(arguments, format);
  int count = vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  if (count < 0 || (size_t)count >= sizeof text) fail("a text is too long");
  buffer_append(buffer, text, (size_t)count);
}

int main(int count, char **arguments) {
  if (count == 3 && !strcmp(arguments[1], "endpoint")) return run_endpoint(atoi(arguments[2]));
  if (count == 6 && !strcmp(arguments[1], "load"))
    return run_load(
        atoi(arguments[2]), atoi(arguments[3]), atoi(arguments[4]), atoi(arguments[5]));
  if (count == 6 && !strcmp(arguments[1], "floor"))
    return run_floor(arguments[2], atoi(arguments[3]), atoi(arguments[4]), atoi(arguments[5]));
  fail(
      "usage: baseline endpoint LATENCY_MS\n"
      "       baseline load PORT CONCURRENCY BATCH SECONDS\n"
      "       baseline floor DATABASE_URL PORT CONCURRENCY BATCH");
}
