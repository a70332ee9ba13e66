#include "baseline.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

void client_open(struct client *client, int port) {
  struct sockaddr_in address = {
      .sin_family = AF_INET,
      .sin_port = htons((uint16_t)port),
      .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  int one = 1;
  *client = (struct client){.socket = socket(AF_INET, SOCK_STREAM, 0), .port = port};
  setsockopt(client->socket, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  if (connect(client->socket, (struct sockaddr *)&address, sizeof address) < 0)
    fail("nobody listens on port %d", port);
}

static void send_all(int socket, const struct buffer *buffer) {
  for (size_t sent = 0; sent < buffer->count;) {
    ssize_t count = write(socket, buffer->bytes + sent, buffer->count - sent);
    if (count <= 0) fail("the endpoint hung up");
    sent += (size_t)count;
  }
}

const char *client_post(struct client *client, const struct buffer *body, size_t *count) {
  struct buffer request = {0};
  buffer_print(
      &request,
      "POST /v1/embeddings HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n"
      "Content-Type: application/json\r\nAuthorization: Bearer sk-baseline\r\n"
      "Content-Length: %zu\r\n\r\n",
      client->port, body->count);
  buffer_append(&request, body->bytes, body->count);
  send_all(client->socket, &request);
  free(request.bytes);
  struct buffer *reply = &client->reply;
  reply->count = 0;
  const char *start = NULL;
  size_t length = 0;
  while (!start || reply->count < (size_t)(start - reply->bytes) + length) {
    size_t place = start ? (size_t)(start - reply->bytes) : 0;
    buffer_reserve(reply, start ? length + 1 : 16384);
    ssize_t got =
        read(client->socket, reply->bytes + reply->count, reply->capacity - reply->count - 1);
    if (got <= 0) fail("the endpoint hung up");
    reply->count += (size_t)got;
    reply->bytes[reply->count] = 0;
    if (start) {
      start = reply->bytes + place;
      continue;
    }
    const char *end = strstr(reply->bytes, "\r\n\r\n");
    if (!end) continue;
    const char *header = strstr(reply->bytes, "Content-Length: ");
    if (!header || strncmp(reply->bytes, "HTTP/1.1 200", 12)) fail("the endpoint refuses");
    length = strtoul(header + 16, NULL, 10);
    start = end + 4;
  }
  *count = length;
  return start;
}

static void append_string(struct buffer *body, const char *text) {
  buffer_append(body, "\"", 1);
  for (; *text; text++) {
    unsigned char byte = (unsigned char)*text;
    if (byte == '"' || byte == '\\') buffer_append(body, "\\", 1);
    if (byte < 0x20)
      buffer_print(body, "\\u%04x", byte);
    else
      buffer_append(body, text, 1);
  }
  buffer_append(body, "\"", 1);
}

void request_body(struct buffer *body, const char *const *texts, size_t count) {
  buffer_print(body, "{\"model\":\"text-embedding-3-small\",\"input\":[");
  for (size_t place = 0; place < count; place++) {
    if (place > 0) buffer_append(body, ",", 1);
    append_string(body, texts[place]);
  }
  buffer_print(body, "],\"dimensions\":%d,\"encoding_format\":\"base64\"}", DIMENSIONS);
}

struct load {
  int port;
  int batch;
  int64_t end;
  atomic_long rows;
};

static void *send_load(void *context) {
  struct load *load = context;
  struct client client;
  client_open(&client, load->port);
  const char *texts[BATCH_LIMIT];
  for (int place = 0; place < load->batch; place++)
    texts[place] = "a text of the length that an issue's title and first words have, more or less";
  struct buffer body = {0};
  request_body(&body, texts, (size_t)load->batch);
  while (now() < load->end) {
    size_t count;
    client_post(&client, &body, &count);
    atomic_fetch_add(&load->rows, load->batch);
  }
  close(client.socket);
  return NULL;
}

int run_load(int port, int concurrency, int batch, int seconds) {
  if (batch < 1 || batch > BATCH_LIMIT) fail("a batch has 1 to %d texts", BATCH_LIMIT);
  int64_t start = now();
  struct load load = {
      .port = port, .batch = batch, .end = start + (int64_t)seconds * 1000000000};
  pthread_t threads[concurrency];
  for (int place = 0; place < concurrency; place++)
    if (pthread_create(&threads[place], NULL, send_load, &load)) fail("no thread");
  for (int place = 0; place < concurrency; place++) pthread_join(threads[place], NULL);
  double elapsed = (double)(now() - start) / 1e9;
  printf("{\"rows\": %ld, \"seconds\": %.3f}\n", atomic_load(&load.rows), elapsed);
  return 0;
}
