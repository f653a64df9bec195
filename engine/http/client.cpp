#include "http/client.hpp"

#include <curl/curl.h>
#include <fmt/format.h>

#include <cctype>
#include <cerrno>
#include <cstring>
#include <memory>
#include <new>

#include "config/secrets.hpp"

namespace penstock::engine {
namespace {

constexpr long kConnectMs = 5000, kAnswerMs = 5000, kSilenceS = 10;
constexpr int kSuccess = 2;  // hundreds

struct Close {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};

class Transfer {
 public:
  Transfer(const HttpPlace& place, const std::string& path,
           const std::function<bool(std::string_view)>* take)
      : handle_(curl_easy_init()), url_(place.url), take_(take) {
    if (!handle_) throw std::bad_alloc();
    if (!path.empty() && url_.ends_with('/')) url_.pop_back();
    url_ += path;
    set(CURLOPT_URL, url_.c_str());
    set(CURLOPT_PROTOCOLS_STR, "http,https");
    set(CURLOPT_NOPROXY, "*");  // it asks machines of the plant
    set(CURLOPT_NETRC, static_cast<long>(CURL_NETRC_OPTIONAL));
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_CONNECTTIMEOUT_MS, kConnectMs);
    if (!place.ca.empty()) set(CURLOPT_CAINFO, place.ca.c_str());
    if (take_) {
      set(CURLOPT_LOW_SPEED_LIMIT, 1L);
      set(CURLOPT_LOW_SPEED_TIME, kSilenceS);
    } else {
      set(CURLOPT_TIMEOUT_MS, kAnswerMs);
    }
    set(CURLOPT_ERRORBUFFER, error_);
    set(CURLOPT_WRITEDATA, this);
    set(CURLOPT_WRITEFUNCTION, &Transfer::write);
  }

  HttpAnswer run() {
    if (!url_.starts_with("http://") && !url_.starts_with("https://")) return {0, fault()};
    const CURLcode code = curl_easy_perform(handle_.get());
    if (code == CURLE_URL_MALFORMAT) return {0, fault()};
    if (code == CURLE_COULDNT_CONNECT) {
      const bool refused = last_error() == ECONNREFUSED;
      return {
          0, fmt::format("{}: {}{}", value_without_login(url_), std::strerror(last_error()),
                         refused ? "; is the engine running, and is this its [http] listen?" : "")};
    }
    if (code != CURLE_OK && !ended_) {
      const std::string shown = value_without_login(url_);
      // Its words may have a part of the login: what follows an unescaped @ or / in it.
      const bool has_words = error_[0] && shown == url_;
      return {0, fmt::format("{}: {}", shown, has_words ? error_ : curl_easy_strerror(code))};
    }
    return {status(), body_};
  }

 private:
  template <class Value>
  void set(CURLoption option, Value value) {
    if (curl_easy_setopt(handle_.get(), option, value) != CURLE_OK) {
      throw std::runtime_error("libcurl lacks an option that this program was built with");
    }
  }
  int status() const {
    long status = 0;
    curl_easy_getinfo(handle_.get(), CURLINFO_RESPONSE_CODE, &status);
    return static_cast<int>(status);
  }
  int last_error() const {
    long error = 0;
    curl_easy_getinfo(handle_.get(), CURLINFO_OS_ERRNO, &error);
    return static_cast<int>(error);
  }
  static size_t write(const char* piece, size_t, size_t size, void* to) {
    Transfer& self = *static_cast<Transfer*>(to);
    if (!self.take_ || self.status() / 100 != kSuccess) {
      self.body_.append(piece, size);
      return size;
    }
    self.ended_ = !(*self.take_)({piece, size});
    return self.ended_ ? CURL_WRITEFUNC_ERROR : size;
  }
  std::string fault() const {
    return fmt::format(
        "\"{}\" is not http://host:port/path, such as http://localhost:8080/health/ready",
        value_without_login(url_));
  }

  const std::unique_ptr<CURL, Close> handle_;
  std::string url_;
  const std::function<bool(std::string_view)>* take_;
  std::string body_;
  bool ended_ = false;  // by `take`
  char error_[CURL_ERROR_SIZE] = {};
};

}  // namespace

HttpAnswer http_get(const HttpPlace& place, const std::string& path) {
  return Transfer(place, path, nullptr).run();
}

HttpAnswer http_stream(const HttpPlace& place, const std::string& path,
                       const std::function<bool(std::string_view)>& take) {
  return Transfer(place, path, &take).run();
}

std::string url_encoded(const std::string& text) {
  std::string encoded;
  for (const char c : text) {
    const bool plain =
        std::isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_' || c == '.';
    encoded += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return encoded;
}

}  // namespace penstock::engine
