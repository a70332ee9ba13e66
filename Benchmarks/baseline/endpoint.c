#include "baseline.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

/// A vector is made of pieces, each chosen from a few by four bits of its text's hash, so that
/// different texts have clearly different vectors and none has to be computed.
enum { PIECES = 16, CHOICES = 16, PIECE_DIGITS = 4 * 4 * DIMENSIONS / 3 / PIECES };

static char pieces[CHOICES][PIECES][PIECE_DIGITS];

/// One connection; an answer that waits for its time holds up the requests behind it.
struct peer {
  int socket;
  struct buffer in;
  struct buffer out;
  size_t sent;
  int64_t due;
  int waits;
  struct peer *next_due;
};

/// Every answer waits equally long, so that the line is in order by itself.
static struct peer *first_due, *last_due;
static int64_t latency;
static int poller;

static void prepare_pieces(void) {
  const char *digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  uint64_t state = 88172645463325252u;
  for (int choice = 0; choice < CHOICES; choice++)
    for (int piece = 0; piece < PIECES; piece++) {
      float numbers[DIMENSIONS / PIECES];
      for (int place = 0; place < DIMENSIONS / PIECES; place++) {
        state ^= state << 13, state ^= state >> 7, state ^= state << 17;
        numbers[place] = (float)((double)(state >> 11) / 9007199254740992.0 - 0.5) / 8;
      }
      const uint8_t *raw = (const uint8_t *)numbers;
      char *text = pieces[choice][piece];
      for (size_t place = 0; place < sizeof numbers; place += 3, text += 4) {
        uint32_t bits =
            (uint32_t)raw[place] << 16 | (uint32_t)raw[place + 1] << 8 | raw[place + 2];
        for (int digit = 0; digit < 4; digit++) text[digit] = digits[bits >> (18 - 6 * digit) & 63];
      }
    }
}

/// FNV-1a over a JSON string as it is written, and a last mixing; moves past the closing quote.
static uint64_t hash_string(const char **place, const char *end) {
  uint64_t hash = 14695981039346656037u;
  const char *text = *place + 1;
  for (; text < end && *text != '"'; text++) {
    hash = (hash ^ (uint8_t)*text) * 1099511628211u;
    if (*text == '\\' && text + 1 < end) text++;
  }
  *place = text + 1;
  hash ^= hash >> 29;
  hash *= 0xbf58476d1ce4e5b9u;
  return hash ^ hash >> 32;
}

static void refuse(struct buffer *out, const char *message) {
  struct buffer body = {0};
  buffer_print(&body, "{\"error\":{\"message\":\"%s\",\"type\":\"invalid_request_error\"}}", message);
  buffer_print(
      out, "HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n",
      body.count);
  buffer_append(out, body.bytes, body.count);
  free(body.bytes);
}

static void answer(struct buffer *out, const char *body, size_t count) {
  const char *end = body + count;
  const char *input = memmem(body, count, "\"input\":[", 9);
  if (!input || !memmem(body, count, "\"base64\"", 8))
    return refuse(out, "the benchmark's endpoint takes an array of texts, and answers in base64");
  static struct buffer data;
  data.count = 0;
  buffer_print(&data, "{\"object\":\"list\",\"model\":\"text-embedding-3-small\",\"data\":[");
  const char *place = input + 9;
  int index = 0;
  for (; place < end && *place != ']'; index++) {
    if (*place == ',') place++;
    if (place >= end || *place != '"') return refuse(out, "input is no array of texts");
    uint64_t hash = hash_string(&place, end);
    buffer_print(
        &data, "%s{\"object\":\"embedding\",\"index\":%d,\"embedding\":\"", index ? "," : "", index);
    for (int piece = 0; piece < PIECES; piece++)
      buffer_append(&data, pieces[hash >> (4 * piece) & (CHOICES - 1)][piece], PIECE_DIGITS);
    buffer_append(&data, "\"}", 2);
  }
  buffer_print(&data, "],\"usage\":{\"prompt_tokens\":%zu,\"total_tokens\":%zu}}", count / 4, count / 4);
  buffer_print(
      out, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n",
      data.count);
  buffer_append(out, data.bytes, data.count);
}

static void hang_up(struct peer *peer) {
  close(peer->socket);
  peer->socket = -1;
  // One that still stands in line for its answer is freed when its time has come.
  if (peer->waits) return;
  free(peer->in.bytes);
  free(peer->out.bytes);
  free(peer);
}

static void listen_for(struct peer *peer, uint32_t events) {
  struct epoll_event event = {.events = events, .data.ptr = peer};
  epoll_ctl(poller, EPOLL_CTL_MOD, peer->socket, &event);
}

static void take_request(struct peer *peer);

static void send_answer(struct peer *peer) {
  while (peer->sent < peer->out.count) {
    ssize_t count = write(peer->socket, peer->out.bytes + peer->sent, peer->out.count - peer->sent);
    if (count < 0 && errno == EAGAIN) return listen_for(peer, EPOLLIN | EPOLLOUT);
    if (count <= 0) return hang_up(peer);
    peer->sent += (size_t)count;
  }
  peer->out.count = peer->sent = 0;
  listen_for(peer, EPOLLIN);
  take_request(peer);
}

/// Answers the first request that is there in full.
static void take_request(struct peer *peer) {
  if (peer->waits || peer->out.count > 0 || peer->in.count == 0) return;
  const char *start = peer->in.bytes;
  const char *head = memmem(start, peer->in.count, "\r\n\r\n", 4);
  if (!head) return;
  size_t length = 0;
  for (const char *line = start; line < head; line = (const char *)memchr(line, '\n', (size_t)(head + 2 - line)) + 1)
    if (!strncasecmp(line, "content-length:", 15)) length = strtoul(line + 15, NULL, 10);
  size_t whole = (size_t)(head + 4 - start) + length;
  if (peer->in.count < whole) return;
  answer(&peer->out, head + 4, length);
  memmove(peer->in.bytes, peer->in.bytes + whole, peer->in.count - whole);
  peer->in.count -= whole;
  if (latency == 0) return send_answer(peer);
  peer->waits = 1;
  peer->due = now() + latency;
  peer->next_due = NULL;
  if (last_due) last_due->next_due = peer;
  else first_due = peer;
  last_due = peer;
}

static void send_due(void) {
  while (first_due && first_due->due <= now()) {
    struct peer *peer = first_due;
    first_due = peer->next_due;
    if (!first_due) last_due = NULL;
    peer->waits = 0;
    if (peer->socket < 0) hang_up(peer);
    else send_answer(peer);
  }
}

static void receive(struct peer *peer) {
  buffer_reserve(&peer->in, 65537);
  ssize_t count = read(peer->socket, peer->in.bytes + peer->in.count, peer->in.capacity - peer->in.count - 1);
  if (count < 0 && errno == EAGAIN) return;
  if (count <= 0) return hang_up(peer);
  peer->in.count += (size_t)count;
  // Text functions stop here.
  peer->in.bytes[peer->in.count] = 0;
  take_request(peer);
}

static void greet(int listener) {
  int socket = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (socket < 0) return;
  int one = 1;
  setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  struct peer *peer = calloc(1, sizeof *peer);
  if (!peer) fail("out of memory");
  peer->socket = socket;
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = peer};
  epoll_ctl(poller, EPOLL_CTL_ADD, socket, &event);
}

int run_endpoint(int latency_milliseconds) {
  signal(SIGPIPE, SIG_IGN);
  latency = (int64_t)latency_milliseconds * 1000000;
  prepare_pieces();
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t size = sizeof address;
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (bind(listener, (struct sockaddr *)&address, size) < 0 || listen(listener, 128) < 0)
    fail("no port to listen on");
  getsockname(listener, (struct sockaddr *)&address, &size);
  poller = epoll_create1(EPOLL_CLOEXEC);
  struct epoll_event event = {.events = EPOLLIN};
  epoll_ctl(poller, EPOLL_CTL_ADD, listener, &event);
  printf("%d\n", ntohs(address.sin_port));
  fflush(stdout);
  while (1) {
    struct epoll_event events[64];
    int64_t wait = first_due ? first_due->due - now() : 60000000000;
    if (wait < 0) wait = 0;
    struct timespec limit = {.tv_sec = wait / 1000000000, .tv_nsec = wait % 1000000000};
    int count = epoll_pwait2(poller, events, 64, &limit, NULL);
    for (int place = 0; place < count; place++) {
      struct peer *peer = events[place].data.ptr;
      if (!peer) greet(listener);
      else if (events[place].events & EPOLLOUT) send_answer(peer);
      else receive(peer);
    }
    send_due();
  }
}
