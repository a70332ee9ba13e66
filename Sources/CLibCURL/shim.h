#pragma once

#include <curl/curl.h>
#include <stdint.h>

// libcurl sets options and reads results through variadic functions, which Swift cannot call.
// Each shim fixes the one type that its options take.

static inline CURLcode preflight_global_init(void) { return curl_global_init(CURL_GLOBAL_ALL); }

static inline CURLcode preflight_set_text(CURL *easy, CURLoption option, const char *text) {
  return curl_easy_setopt(easy, option, text);
}

static inline CURLcode preflight_set_number(CURL *easy, CURLoption option, long number) {
  return curl_easy_setopt(easy, option, number);
}

static inline CURLcode preflight_set_list(CURL *easy, CURLoption option, struct curl_slist *list) {
  return curl_easy_setopt(easy, option, list);
}

static inline CURLcode preflight_set_pointer(CURL *easy, CURLoption option, void *pointer) {
  return curl_easy_setopt(easy, option, pointer);
}

// libcurl copies the body, so the caller's bytes need not outlive the call.
static inline CURLcode preflight_set_body(CURL *easy, const void *bytes, int64_t count) {
  CURLcode code = curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)count);
  return code == CURLE_OK ? curl_easy_setopt(easy, CURLOPT_COPYPOSTFIELDS, bytes) : code;
}

typedef size_t (*preflight_receiver)(char *bytes, size_t size, size_t count, void *context);

static inline CURLcode preflight_set_receiver(CURL *easy, CURLoption option,
                                              preflight_receiver receiver) {
  return curl_easy_setopt(easy, option, receiver);
}

// A number of the caller's own by which a finished transfer is found again.
static inline CURLcode preflight_set_tag(CURL *easy, uintptr_t tag) {
  return curl_easy_setopt(easy, CURLOPT_PRIVATE, (void *)tag);
}

static inline uintptr_t preflight_tag(CURL *easy) {
  void *tag = NULL;
  return curl_easy_getinfo(easy, CURLINFO_PRIVATE, &tag) == CURLE_OK ? (uintptr_t)tag : 0;
}

static inline long preflight_number(CURL *easy, CURLINFO info) {
  long number = 0;
  return curl_easy_getinfo(easy, info, &number) == CURLE_OK ? number : 0;
}

static inline int64_t preflight_microseconds(CURL *easy, CURLINFO info) {
  curl_off_t time = 0;
  return curl_easy_getinfo(easy, info, &time) == CURLE_OK ? (int64_t)time : 0;
}

static inline CURLMcode preflight_set_multi_number(CURLM *multi, CURLMoption option, long number) {
  return curl_multi_setopt(multi, option, number);
}

// The options below have newer names or are missing in the older libraries that are still about.

static inline CURLcode preflight_allow_only_http(CURL *easy) {
#if LIBCURL_VERSION_NUM >= 0x075500
  return curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
#else
  return curl_easy_setopt(easy, CURLOPT_PROTOCOLS, (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
}

// Without it, removing a transfer waits for its name lookup to end, which may take half a minute.
static inline CURLcode preflight_leave_lookup_behind(CURL *easy) {
#if LIBCURL_VERSION_NUM >= 0x075700
  return curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
#else
  (void)easy;
  return CURLE_OK;
#endif
}
