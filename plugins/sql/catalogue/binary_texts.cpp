// encode and decode, digests, characters by number.
#include <openssl/evp.h>

#include <charconv>
#include <memory>

#include "catalogue/catalogue.hpp"
#include "values/binary_text.hpp"
#include "values/utf8.hpp"

namespace sql {
namespace {

struct BinaryFormat {
  std::string_view name;
  void (*append)(std::string& to, std::string_view bytes);
  std::optional<Bytes> (*read)(Run& run, Text text);
};
constexpr BinaryFormat kFormats[]{{"hex", append_hex, read_hex},
                                  {"base64", append_base64, read_base64},
                                  {"escape", append_escaped, read_escaped}};

const BinaryFormat* format_named(Run& run, Text name) {
  for (const BinaryFormat& format : kFormats) {
    const bool is_it = std::equal(
        name.begin(), name.end(), format.name.begin(), format.name.end(),
        [](char c, char of_name) { return (c >= 'A' && c <= 'Z' ? c | 0x20 : c) == of_name; });
    if (is_it) return &format;
  }
  run.fail("22023", "unrecognized encoding: \"" + std::string(name) + "\"");
  return nullptr;
}

Text encode(Run& run, Bytes bytes, Text name) {
  const BinaryFormat* const format = format_named(run, name);
  if (format == nullptr) return {};
  std::string text;
  format->append(text, bytes.bytes);
  return run.arena().copy(text);
}
std::optional<Bytes> decode(Run& run, Text text, Text name) {
  const BinaryFormat* const format = format_named(run, name);
  if (format == nullptr) return std::nullopt;
  return format->read(run, text);
}

constexpr char kMd5[] = "MD5", kSha224[] = "SHA224", kSha256[] = "SHA256", kSha384[] = "SHA384",
               kSha512[] = "SHA512";

struct FreeContext {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

// OpenSSL takes longer to look an algorithm up than to digest a short text.
template <const char* name>
Bytes digest_of(Run& run, std::string_view bytes) {
  static const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, name, nullptr);
  static thread_local const std::unique_ptr<EVP_MD_CTX, FreeContext> context(EVP_MD_CTX_new());
  unsigned size = 0;
  unsigned char found[EVP_MAX_MD_SIZE];
  const bool is_made = algorithm != nullptr && context != nullptr &&
                       EVP_DigestInit_ex(context.get(), algorithm, nullptr) == 1 &&
                       EVP_DigestUpdate(context.get(), bytes.data(), bytes.size()) == 1 &&
                       EVP_DigestFinal_ex(context.get(), found, &size) == 1;
  if (is_made) return {run.arena().copy({reinterpret_cast<const char*>(found), size})};
  run.fail("XX000", std::string("could not compute ") + name + " hash");
  return {};
}
template <const char* name>
Bytes digest(Run& run, Bytes bytes) {
  return digest_of<name>(run, bytes.bytes);
}
Text md5_of_text(Run& run, Text text) {
  std::string digits;
  append_hex(digits, digest_of<kMd5>(run, text).bytes);
  return run.arena().copy(digits);
}
Text md5_of_bytes(Run& run, Bytes bytes) { return md5_of_text(run, bytes.bytes); }

int32_t number_of_character(Text text) {
  if (text.empty()) return 0;
  size_t at = 0;
  return static_cast<int32_t>(read_character(text, at));
}

Text character_of_number(Run& run, int32_t number) {
  const auto fail = [&](const std::string& message, const char* state = "54000") {
    run.fail(state, message);
    return Text();
  };
  if (number < 0) return fail("character number must be positive", "22023");
  if (number == 0) return fail("null character not permitted");
  if (number > 0x10FFFF)
    return fail("requested character too large for encoding: " + std::to_string(number));
  if (number >= 0xD800 && number <= 0xDFFF)
    return fail("requested character not valid for encoding: " + std::to_string(number));
  char* const begin = run.arena().allocate(4);
  const char* const end = write_utf8(begin, static_cast<char32_t>(number));
  return {begin, static_cast<size_t>(end - begin)};
}

template <class T>
Text hexadecimal(Run& run, T number) {
  char* const begin = run.arena().allocate(2 * sizeof(T));
  const auto end =
      std::to_chars(begin, begin + 2 * sizeof(T), static_cast<std::make_unsigned_t<T>>(number), 16);
  return {begin, static_cast<size_t>(end.ptr - begin)};
}

}  // namespace

void add_binary_texts(Catalogue& to) {
  to.add_function<encode>("encode");
  to.add_function<decode>("decode");
  to.add_function<md5_of_text>("md5");
  to.add_function<md5_of_bytes>("md5");
  to.add_function<digest<kSha224>>("sha224");
  to.add_function<digest<kSha256>>("sha256");
  to.add_function<digest<kSha384>>("sha384");
  to.add_function<digest<kSha512>>("sha512");
  to.add_function<number_of_character>("ascii");
  to.add_function<character_of_number>("chr");
  to.add_function<hexadecimal<int32_t>>("to_hex");
  to.add_function<hexadecimal<int64_t>>("to_hex");
}

}  // namespace sql
