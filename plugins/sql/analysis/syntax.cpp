#include "analysis/syntax.hpp"

#include <pg_query.h>
#include <penstock/utf8.hpp>

#include <pthread.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <mutex>
#include <semaphore>

#include "analysis/query_error.hpp"

namespace sql {
namespace {

const Tree nothing;

struct FreeResult {
  void operator()(PgQueryParseResult* result) const {
    pg_query_free_parse_result(*result);
    delete result;
  }
};

constexpr size_t kMostBytes = 256 << 10;
constexpr int kMostDepth = 3000;  // of the JSON tree, in which an operator is two levels deep

// One thread parses all queries: libpg_query takes for each thread that it parses in a key of
// pthread_key_create, and gives none back (pg_query_init of pg_query.c); a process has 1,024. It
// has a large stack, since the tree is written by calls as deep as itself
// (pg_query_outfuncs_json.c), and may be half as deep as the query is long.
class Parser {
 public:
  static PgQueryParseResult parse(const std::string& query) {
    // Never deleted: its thread ends with the process. A process that was forked has no such
    // thread.
    static std::mutex mutex;
    static Parser* parser = nullptr;
    static pid_t owner = 0;
    const std::lock_guard lock(mutex);
    if (owner != getpid()) {
      parser = new Parser;
      owner = getpid();
    }
    parser->query_ = query.c_str();
    parser->asked_.release();
    parser->answered_.acquire();
    return parser->result_;
  }

 private:
  Parser() {
    constexpr size_t kStackBytes = 512 << 20;  // of which only what is used is memory
    const auto run = [](void* parser) -> void* { static_cast<Parser*>(parser)->run(); };
    pthread_attr_t attributes;
    pthread_t thread;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, kStackBytes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    const int fault = pthread_create(&thread, &attributes, run, this);
    pthread_attr_destroy(&attributes);
    if (fault != 0) throw QueryError("53200", "out of memory", -1);
  }
  [[noreturn]] void run() {
    while (true) {
      asked_.acquire();
      result_ = pg_query_parse(query_);
      answered_.release();
    }
  }

  const char* query_ = nullptr;
  PgQueryParseResult result_ = {};
  std::binary_semaphore asked_{0}, answered_{0};
};

Tree tree_of(const char* json) {
  return Tree::parse(json, [](int depth, Tree::parse_event_t, Tree&) {
    if (depth > kMostDepth) {
      throw QueryError("54001", "stack depth limit exceeded", -1,
                       "The query has too many operators or calls in one another.");
    }
    return true;
  });
}

// From characters, from 1 on, to bytes.
int byte_of_character(const std::string& query, int character) {
  int at = 0;
  for (int i = 1; i < character && at < static_cast<int>(query.size()); ++i) {
    do ++at;
    while (at < static_cast<int>(query.size()) && (query[static_cast<size_t>(at)] & 0xC0) == 0x80);
  }
  return at;
}

// What stands between a minus sign and its number: blanks, parentheses, comments, other signs.
size_t skip_to_digits(const std::string& query, size_t at) {
  while (at < query.size() && (query[at] < '0' || query[at] > '9')) {
    if (query.compare(at, 2, "--") == 0) {
      at = std::min(query.find_first_of("\n\r", at), query.size());
    } else if (query.compare(at, 2, "/*") == 0) {
      int depth = 0;
      do {
        if (query.compare(at, 2, "/*") == 0) ++depth, at += 2;
        else if (query.compare(at, 2, "*/") == 0) --depth, at += 2;
        else ++at;
      } while (depth > 0 && at < query.size());
    } else {
      ++at;
    }
  }
  return at;
}

// libpg_query 15-4.0.0 leaves negative integers out (_outInteger of pg_query_outfuncs_json.c writes
// those above zero alone). They are read from where they stand.
void mend_integers(Tree& tree, const std::string& query) {
  if (tree.is_object() && tree.contains("ival") && tree["ival"].is_object() &&
      tree["ival"].empty()) {
    const auto at = static_cast<size_t>(location(tree));
    int64_t value = 0;
    if (at < query.size() && query[at] == '-') {
      const size_t digits = skip_to_digits(query, at + 1);
      value = -std::strtoll(query.c_str() + digits, nullptr, 10);
    }
    tree["ival"]["ival"] = value;
  }
  if (tree.is_structured()) {
    for (Tree& part : tree) mend_integers(part, query);
  }
}

}  // namespace

int32_t integer_of(const Tree& body) { return get(get(body, "ival"), "ival").get<int32_t>(); }

Statement parse(const std::string& query) {
  if (query.find('\0') != query.npos)
    throw QueryError("22021", "the query has a character U+0000", -1);
  if (const char* const fault = penstock::utf8_fault(query))
    throw QueryError("22021", "invalid byte sequence for encoding \"UTF8\" in the query",
                     static_cast<int>(fault - query.data()));
  if (query.size() > kMostBytes) throw QueryError("54000", "the query is longer than 256 KiB", -1);
  const std::unique_ptr<PgQueryParseResult, FreeResult> result(
      new PgQueryParseResult(Parser::parse(query)));
  if (const PgQueryError* error = result->error) {
    // scan.l and gram.y have hardly another code for what is written by hand, and libpg_query hands
    // out none.
    const std::string_view message = error->message;
    const bool is_parameter = message.starts_with("precision for type float must be");
    throw QueryError(is_parameter ? "22023" : "42601", error->message,
                     byte_of_character(query, error->cursorpos));
  }
  Tree tree = tree_of(result->parse_tree);
  mend_integers(tree, query);
  const Tree& statements = get(tree, "stmts");
  if (statements.size() != 1) {
    throw QueryError("42601",
                     statements.empty() ? "there is no query" : "there is more than one query", -1);
  }
  const Tree* statement = &statements[0].at("stmt");
  const bool is_explained = type_of(*statement) == "ExplainStmt";
  if (is_explained && body_of(*statement).contains("options"))
    throw QueryError("0A000", "EXPLAIN has no options here", -1);
  if (is_explained) statement = &get(body_of(*statement), "query");
  if (type_of(*statement) != "SelectStmt")
    throw QueryError("0A000", "only SELECT is supported", -1);
  return {body_of(*statement), is_explained};
}

std::string type_of(const Tree& node) { return node.empty() ? "" : node.begin().key(); }
const Tree& body_of(const Tree& node) { return node.empty() ? nothing : node.begin().value(); }

const Tree& get(const Tree& body, const char* name) {
  if (!body.is_object()) return nothing;
  const auto found = body.find(name);
  return found == body.end() ? nothing : *found;
}
std::string text(const Tree& body, const char* name) {
  const Tree& value = get(body, name);
  return value.is_string() ? value.get<std::string>() : "";
}
bool flag(const Tree& body, const char* name) {
  const Tree& value = get(body, name);
  return value.is_boolean() && value.get<bool>();
}
int location(const Tree& body) {
  const Tree& value = get(body, "location");
  return value.is_number() ? value.get<int>() : 0;
}
int location_of(const Tree& node) { return location(body_of(node)); }

bool has_columns(const Tree& node) {
  if (!node.is_structured()) return false;
  if (node.is_object() && node.contains("ColumnRef")) return true;
  return std::any_of(node.begin(), node.end(), has_columns);
}

std::vector<std::string> strings(const Tree& list) {
  std::vector<std::string> texts;
  for (const Tree& node : list) {
    if (type_of(node) == "String") texts.push_back(text(body_of(node), "sval"));
  }
  return texts;
}

}  // namespace sql
