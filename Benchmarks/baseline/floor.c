#include "baseline.h"

#include <libpq-fe.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/// What the threads share: the reader's connection, and how far it has come.
struct floor {
  const char *url;
  int port;
  char batch[16];
  pthread_mutex_t lock;
  PGconn *reader;
  char last_key[24];
  Oid vector;
  Oid vectors;
  long rows;
};

static PGconn *connected(const char *url) {
  PGconn *connection = PQconnectdb(url);
  if (PQstatus(connection) != CONNECTION_OK) fail("%s", PQerrorMessage(connection));
  return connection;
}

/// The next rows of `docs`, by keys in order.
static PGresult *next_rows(struct floor *floor) {
  pthread_mutex_lock(&floor->lock);
  const char *values[] = {floor->last_key, floor->batch};
  PGresult *rows = PQexecParams(
      floor->reader, "select id, body from docs where id > $1::int8 order by id limit $2::int4", 2,
      NULL, values, NULL, NULL, 0);
  if (PQresultStatus(rows) != PGRES_TUPLES_OK) fail("%s", PQerrorMessage(floor->reader));
  int count = PQntuples(rows);
  if (count > 0)
    snprintf(floor->last_key, sizeof floor->last_key, "%s", PQgetvalue(rows, count - 1, 0));
  floor->rows += count;
  pthread_mutex_unlock(&floor->lock);
  return rows;
}

static void append_number(struct buffer *buffer, uint32_t number) {
  uint32_t swapped = __builtin_bswap32(number);
  buffer_append(buffer, &swapped, 4);
}

/// The head of a binary array: one dimension, no nulls, the element's type, length, lower bound.
static void append_head(struct buffer *buffer, Oid element, int count) {
  append_number(buffer, 1);
  append_number(buffer, 0);
  append_number(buffer, element);
  append_number(buffer, (uint32_t)count);
  append_number(buffer, 1);
}

static uint8_t digit_values[256];

static void prepare_digits(void) {
  const char *digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (int value = 0; value < 64; value++) digit_values[(uint8_t)digits[value]] = (uint8_t)value;
}

/// Appends a vector as `vector_recv` reads it, from base64 of little-endian floats.
static void append_vector(struct buffer *vectors, const char *digits) {
  append_number(vectors, 4 + 4 * DIMENSIONS);
  append_number(vectors, (uint32_t)DIMENSIONS << 16);
  buffer_reserve(vectors, 4 * DIMENSIONS + 4);
  uint8_t raw[4 * DIMENSIONS];
  for (int place = 0; place < 4 * DIMENSIONS / 3; place++) {
    const uint8_t *four = (const uint8_t *)digits + 4 * place;
    uint32_t bits = (uint32_t)digit_values[four[0]] << 18 | (uint32_t)digit_values[four[1]] << 12 |
                    (uint32_t)digit_values[four[2]] << 6 | digit_values[four[3]];
    raw[3 * place] = (uint8_t)(bits >> 16);
    raw[3 * place + 1] = (uint8_t)(bits >> 8);
    raw[3 * place + 2] = (uint8_t)bits;
  }
  for (int place = 0; place < DIMENSIONS; place++) {
    uint32_t word;
    memcpy(&word, raw + 4 * place, 4);
    append_number(vectors, word);
  }
}

static void upsert(
    struct floor *floor, PGconn *writer, const struct buffer *keys, const struct buffer *vectors) {
  Oid types[] = {1016, floor->vectors};
  const char *values[] = {keys->bytes, vectors->bytes};
  int lengths[] = {(int)keys->count, (int)vectors->count};
  int formats[] = {1, 1};
  PGresult *done = PQexecParams(
      writer,
      "insert into floor_embeddings (id, embedding) select * from unnest($1, $2) "
      "on conflict (id) do update set embedding = excluded.embedding",
      2, types, values, lengths, formats, 1);
  if (PQresultStatus(done) != PGRES_COMMAND_OK) fail("%s", PQerrorMessage(writer));
  PQclear(done);
}

static void *embed_rows(void *context) {
  struct floor *floor = context;
  PGconn *writer = connected(floor->url);
  struct client client;
  client_open(&client, floor->port);
  struct buffer body = {0}, keys = {0}, vectors = {0};
  while (1) {
    PGresult *rows = next_rows(floor);
    int count = PQntuples(rows);
    if (count == 0) break;
    const char *texts[BATCH_LIMIT];
    body.count = keys.count = vectors.count = 0;
    append_head(&keys, 20, count);
    append_head(&vectors, floor->vector, count);
    for (int place = 0; place < count; place++) {
      uint64_t key = __builtin_bswap64(strtoull(PQgetvalue(rows, place, 0), NULL, 10));
      append_number(&keys, 8);
      buffer_append(&keys, &key, 8);
      texts[place] = PQgetvalue(rows, place, 1);
    }
    request_body(&body, texts, (size_t)count);
    PQclear(rows);
    size_t length;
    const char *reply = client_post(&client, &body, &length);
    for (int place = 0; place < count; place++) {
      reply = strstr(reply, "\"embedding\":\"");
      if (!reply) fail("the endpoint answered with too few vectors");
      reply += 13;
      append_vector(&vectors, reply);
      reply += 4 * 4 * DIMENSIONS / 3;
    }
    upsert(floor, writer, &keys, &vectors);
  }
  PQfinish(writer);
  return NULL;
}

int run_floor(const char *url, int port, int concurrency, int batch) {
  if (batch < 1 || batch > BATCH_LIMIT) fail("a batch has 1 to %d texts", BATCH_LIMIT);
  prepare_digits();
  struct floor floor = {.url = url, .port = port, .reader = connected(url), .last_key = "0"};
  snprintf(floor.batch, sizeof floor.batch, "%d", batch);
  pthread_mutex_init(&floor.lock, NULL);
  PGresult *types = PQexec(
      floor.reader, "select 'vector'::regtype::oid::int4, 'vector[]'::regtype::oid::int4");
  if (PQresultStatus(types) != PGRES_TUPLES_OK) fail("%s", PQerrorMessage(floor.reader));
  floor.vector = (Oid)strtoul(PQgetvalue(types, 0, 0), NULL, 10);
  floor.vectors = (Oid)strtoul(PQgetvalue(types, 0, 1), NULL, 10);
  PQclear(types);
  pthread_t threads[concurrency];
  for (int place = 0; place < concurrency; place++)
    if (pthread_create(&threads[place], NULL, embed_rows, &floor)) fail("no thread");
  for (int place = 0; place < concurrency; place++) pthread_join(threads[place], NULL);
  PQfinish(floor.reader);
  printf("{\"rows\": %ld}\n", floor.rows);
  return 0;
}
