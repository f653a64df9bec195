// on_error = "skip": what leaves of a row that fails in parts, and what is rejected, make the row
// together, once each.
#include <penstock/column_layout.hpp>

#include <algorithm>

#include "catch.hpp"
#include "rows/select.hpp"

using penstock::FixedBuilder;
using penstock::TextBuilder;
using namespace sql;

namespace {

const penstock::Schema kMessages{{"topic", penstock::format::kUtf8},
                                 {"payload", penstock::format::kBinary},
                                 {"received", penstock::format::kTimestampUs}};

ArrowArray messages(const std::vector<std::string>& payloads) {
  TextBuilder topics, texts;
  FixedBuilder<int64_t> times;
  for (size_t i = 0; i < payloads.size(); ++i) {
    topics.push("t" + std::to_string(i));
    texts.push(payloads[i]);
    times.push(1'700'000'000'000'000);
  }
  penstock::Columns columns(3);
  columns.add(topics.finish());
  columns.add(texts.finish());
  columns.add(times.finish());
  return penstock::make_rows(static_cast<int64_t>(payloads.size()), columns);
}

struct Outcome {
  std::vector<std::string> rows;  // their texts but for the last column's
  struct Letter {
    int64_t row;
    std::string text, reason;
    bool is_part;
  };
  std::vector<Letter> letters;
};

Outcome run(const std::string& query, const std::vector<std::string>& payloads, OnError on_error) {
  Select select({query, 100'000, ResultForm::kTexts, on_error}, kMessages);
  Outcome outcome;
  ArrowArray chunk = messages(payloads);
  select.run(
      chunk,
      [&](ArrowArray rows) {
        for (int64_t row = 0; row < rows.length; ++row) {
          std::string& text = outcome.rows.emplace_back();
          for (int64_t i = 0; i + 1 < rows.n_children; ++i) {
            const penstock::TextColumn column(*rows.children[i]);
            text.append(column.valid(row) ? column[row] : "NULL").append("|");
          }
        }
        rows.release(&rows);
      },
      [&](const Rejected& rejected) {
        const auto row = static_cast<size_t>(rejected.row);
        REQUIRE((!rejected.part || rejected.column == 1));
        outcome.letters.push_back({rejected.row, rejected.part ? *rejected.part : payloads[row],
                                   rejected.failure.message, rejected.part != nullptr});
      });
  chunk.release(&chunk);
  return outcome;
}

std::string with(std::string query, const std::string& last) {
  return query.replace(query.find("VALUE"), 5, last);
}

// Whether the letters and the rows are what the messages would be if nothing failed: `fails` is the
// last column that does, `works` one that doesn't.
Outcome check(const std::string& query, const std::vector<std::string>& payloads,
              const std::string& fails, const std::string& works) {
  INFO(query);
  const std::string failing = with(query, fails), working = with(query, works);
  const Outcome outcome = run(failing, payloads, OnError::kSkip);
  std::vector<std::string> all = outcome.rows;
  for (const Outcome::Letter& letter : outcome.letters) {
    INFO(letter.text);
    // The topic says of which message it is.
    std::vector<std::string> alone(payloads.size(), "null");
    alone[static_cast<size_t>(letter.row)] = letter.text;
    const Outcome again = run(failing, alone, OnError::kReject);
    const auto is_this = [&](const Outcome::Letter& other) { return other.row == letter.row; };
    const auto found = std::find_if(again.letters.begin(), again.letters.end(), is_this);
    REQUIRE(found != again.letters.end());
    REQUIRE(found->reason == letter.reason);
    const Outcome mended = run(working, alone, OnError::kSkip);
    const std::string topic = "t" + std::to_string(letter.row) + "|";
    for (const std::string& row : mended.rows) {
      if (row.starts_with(topic)) all.push_back(row);
    }
  }
  std::vector<std::string> expected = run(working, payloads, OnError::kSkip).rows;
  std::sort(all.begin(), all.end());
  std::sort(expected.begin(), expected.end());
  REQUIRE(all == expected);
  return outcome;
}

std::vector<std::string> texts_of(const Outcome& outcome) {
  std::vector<std::string> texts;
  for (const Outcome::Letter& letter : outcome.letters)
    texts.push_back((letter.is_part ? "" : "whole: ") + letter.text);
  return texts;
}

using Texts = std::vector<std::string>;
const std::string kEach = "SELECT topic, m.key, VALUE FROM input, jsonb_each(body) AS m";

}  // namespace

TEST_CASE("skip: an element that fails is alone in its letter") {
  const Outcome outcome = check(kEach, {R"({"a":1,"b":"x","c":3,"d":"y"})", R"({"a":5})", "7"},
                                "m.value::float8", "m.value::text");
  REQUIRE(outcome.rows == Texts{"t0|a|", "t0|c|", "t1|a|"});
  REQUIRE(texts_of(outcome) == Texts{"whole: 7", R"({"b": "x"})", R"({"d": "y"})"});
}

TEST_CASE("skip: elements of arrays") {
  const Outcome outcome =
      check("SELECT topic, VALUE FROM input, jsonb_array_elements(body->'list') AS v",
            {R"({"list":[1,"x",3,"x"],"unit":"C"})"}, "v::float8", "v::text");
  REQUIRE(outcome.rows.size() == 2);
  REQUIRE(texts_of(outcome) == Texts(2, R"({"list": ["x"], "unit": "C"})"));
}

TEST_CASE("skip: elements in elements") {
  const Outcome outcome = check(
      "SELECT topic, m.key, VALUE FROM input, jsonb_each(body->'data') AS m, "
      "jsonb_array_elements(m.value) AS v",
      {R"({"data":{"a":[1,"x"],"b":[2],"c":4},"at":5})"}, "v::float8", "v::text");
  REQUIRE(outcome.rows == Texts{"t0|a|", "t0|b|"});
  REQUIRE(texts_of(outcome) ==
          Texts{R"({"at": 5, "data": {"a": ["x"]}})", R"({"at": 5, "data": {"c": 4}})"});
}

TEST_CASE("skip: a letter has what the query names beside the element") {
  const Outcome outcome = check(
      "SELECT topic, m.key, body->>'site' AS site, VALUE FROM input, jsonb_each(body) AS m "
      "WHERE m.key <> 'site'",
      {R"({"a":"x","b":2,"c":3,"site":"north"})"}, "m.value::float8", "m.value::text");
  REQUIRE(outcome.rows == Texts{"t0|b|north|", "t0|c|north|"});
  REQUIRE(texts_of(outcome) == Texts{R"({"a": "x", "site": "north"})"});
}

TEST_CASE("skip: a row whose letters would give rows again is rejected whole") {
  const std::string payload = R"({"a":"x","b":2,"list":[1,"x",3]})";
  const auto is_whole = [&](const std::string& query, const std::string& value) {
    const Outcome outcome = check(query, {payload}, value + "::float8", value + "::text");
    REQUIRE(outcome.rows.empty());
    REQUIRE(texts_of(outcome) == Texts{"whole: " + payload});
  };
  is_whole("SELECT topic, m.key, body->>'b' AS b, VALUE FROM input, jsonb_each(body) AS m",
           "m.value");
  is_whole(
      "SELECT topic, a.key, b.key AS other, VALUE FROM input, jsonb_each(body) AS a, "
      "jsonb_each(body) AS b",
      "b.value");
  is_whole(
      "SELECT topic, i, m.key, VALUE FROM input, generate_series(1, 3) AS i, "
      "jsonb_each(body) AS m",
      "m.value");
  is_whole(
      "SELECT topic, n, VALUE FROM input, jsonb_array_elements(body->'list') WITH ORDINALITY "
      "AS e(v, n)",
      "v");
  is_whole(
      "SELECT topic, VALUE FROM input LEFT JOIN jsonb_array_elements(body->'list') AS v ON true",
      "v");
  is_whole(
      "SELECT topic, VALUE FROM input, jsonb_array_elements(body->'list') AS v "
      "WHERE jsonb_array_length(body->'list') > 2",
      "v");
  is_whole("SELECT topic, i, VALUE FROM input, generate_series(0, 2) AS i", "(body->'list'->i)");
  is_whole("SELECT topic, VALUE FROM input, jsonb_path_query(body, '$.list[1]') AS v", "v");
  is_whole("SELECT topic, l.path, VALUE FROM input, json_leaves(body->'list') AS l", "l.value");
  is_whole("SELECT topic, k, VALUE FROM input, jsonb_object_keys(body) AS k WHERE k IN ('a', 'b')",
           "(body->>k)");
}

TEST_CASE("skip: a row whose letters would have other values elsewhere is rejected whole") {
  const std::string payload = R"({"a":{"p":"x","q":2},"list":[1,"x",3],"at":5})";
  for (const char* const other :
       {"body->'list'->0", "body->'list'->>-1", "jsonb_array_length(body->'list')", "body->>'list'",
        "body", "text", "length(payload)", "md5(text)", "body #> '{list,0}'", "body->(v::text)",
        "(body->'list') - 0", "body #>> '{list}'", "body['list']", "input.body->'list'"}) {
    const Outcome outcome =
        check(std::string("SELECT topic, ") + other +
                  " AS other, VALUE FROM input, jsonb_array_elements(body->'list') AS v",
              {payload}, "v::float8", "v::text");
    REQUIRE(texts_of(outcome) == Texts{"whole: " + payload});
  }
  const Outcome of_element = check(
      "SELECT topic, m.value AS other, e.key, VALUE FROM input, jsonb_each(body) AS m, "
      "jsonb_each(CASE jsonb_typeof(m.value) WHEN 'object' THEN m.value END) AS e",
      {payload}, "e.value::float8", "e.value::text");
  REQUIRE(texts_of(of_element) == Texts{"whole: " + payload});
  REQUIRE(
      texts_of(run("SELECT *, v::float8 AS n FROM input, jsonb_array_elements(body->'list') AS v",
                   {payload}, OnError::kSkip)) == Texts{"whole: " + payload});
  for (const char* const other : {"body->>'at'", "body->'at'", "body#>>'{at}'", "topic",
                                  "jsonb_typeof(body->'list')", "body->'a'->>'q'", "body->'a'"}) {
    const Outcome outcome =
        check(std::string("SELECT topic, ") + other +
                  " AS other, VALUE FROM input, jsonb_array_elements(body->'list') AS v",
              {payload}, "v::float8", "v::text");
    REQUIRE(outcome.letters.size() == 1);
    REQUIRE(outcome.letters[0].is_part);
  }
}

TEST_CASE("skip: elements by other ways than their array's or object's") {
  const std::string payload =
      R"({"a":"x","b":2,"list":[1,"x",3],"list":[4,"y"],"o":{"p":{"q":"z"}}})";
  REQUIRE(texts_of(check("SELECT topic, VALUE FROM input, jsonb_path_query(body, '$.list[*]') AS v",
                         {payload}, "v::float8", "v::text")) == Texts{R"({"list": ["y"]})"});
  REQUIRE(texts_of(check("SELECT topic, l.path, VALUE FROM input, json_leaves(body->'o') AS l",
                         {payload}, "l.value::float8", "l.value::text")) ==
          Texts{R"({"a": "x", "b": 2, "o": {"p": {"q": "z"}}, "list": [4, "y"]})"});
  REQUIRE(texts_of(check("SELECT topic, VALUE FROM input, jsonb_array_elements(CASE "
                         "jsonb_typeof(body->'list') WHEN 'array' THEN body->'list' END) AS v",
                         {payload}, "v::float8", "v::text")) ==
          Texts{R"({"a": "x", "b": 2, "o": {"p": {"q": "z"}}, "list": ["y"]})"});
}

TEST_CASE("skip: more elements than are worth a letter each fail with their row") {
  std::string payload = "[1";
  for (int i = 0; i < 1'001; ++i) payload += ",\"x\"";
  payload += "]";
  const Outcome outcome =
      run("SELECT v::float8 AS value FROM input, jsonb_array_elements(body) AS v",
          {payload, "[2,\"y\"]"}, OnError::kSkip);
  REQUIRE(outcome.rows.size() == 1);
  REQUIRE(texts_of(outcome) == Texts{"whole: " + payload, R"(["y"])"});
}
