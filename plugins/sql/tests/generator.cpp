#include "generator.hpp"

namespace sql {
namespace {

const std::map<Base, std::vector<const char*>>& literals() {
  static const std::map<Base, std::vector<const char*>> texts{
      {Base::kBoolean, {"true", "false"}},
      {Base::kSmallint, {"0", "1", "-1", "7", "32767", "-32768"}},
      {Base::kInteger, {"0", "1", "-1", "2", "10", "2147483647", "-2147483648"}},
      {Base::kBigint,
       {"0", "1", "-1", "1000000007", "9223372036854775807", "-9223372036854775808"}},
      {Base::kReal, {"0", "1.5", "-2.5", "1e-20", "3e38", "NaN", "Infinity", "-0"}},
      {Base::kDouble, {"0", "0.1", "-2.5", "1e-300", "1e300", "NaN", "-Infinity", "-0", "1e15"}},
      {Base::kNumeric,
       {"0", "0.1", "-2.50", "1e10", "12345678901234567890.123", "NaN", "Infinity", "0.000"}},
      {Base::kText,
       {"", "a", "abc", " x ", "12", "-3.5", "%", "_b%", "ÄÖü", "2024-05-06", "day", "hour", "UTF8",
        "1 day", "base64", "Europe/Berlin", "MSK", "EST5EDT"}},
      {Base::kBytea, {"", "\\x00ff", "abc", "\\xc3a4"}},
      {Base::kJsonb,
       {"null", "{}", "[]", "{\"a\": 1, \"b\": [1, \"x\", null]}", "[3, 1.50, {\"a\": true}]",
        "\"a\"", "-1.5e2", "true"}},
      {Base::kDate, {"2000-01-01", "1969-07-20", "2024-02-29", "infinity", "0001-01-01 BC"}},
      {Base::kTimestamp,
       {"2000-01-01", "2024-02-29 23:59:59.999999", "1969-12-31 12:00", "2024-03-31 02:30",
        "2024-10-27 02:30", "-infinity"}},
      {Base::kTimestamptz,
       {"2000-01-01+01", "2024-02-29 23:59:59.999999Z", "infinity",
        "2024-03-31 02:30 Europe/Berlin", "2024-10-27 00:59:59.5Z"}},
      {Base::kJsonPath,
       {"$",
        "$.a",
        "strict $.a",
        "$.*",
        "$[*]",
        "$[0]",
        "strict $[1 to last]",
        "$.**",
        "$.bb.c[*]",
        "$.**{1 to 2}",
        "$.**{last}",
        "$[*] ? (@ > 1)",
        "$.* ? (exists (@.c))",
        "$.a > 1",
        "strict $.a > 1",
        "$.type()",
        "$.size()",
        "$[*].type()",
        "$.**.double()",
        "-$[*]",
        "$.a + 1",
        "$[*] ? (@ == \"x\" || @ == null)",
        "$.t starts with \"2\"",
        "$.**.floor()",
        "$.bb.c[last - 1, 0]",
        "$ ? (!(@.a == 2) && (@.b > 1) is unknown)",
        "1 / $.a",
        "$.a % 0"}},
      {Base::kInterval, {"0", "1 day", "-1 month 2 days 03:04:05.6", "1 year", "36 hours"}},
  };
  return texts;
}

// A type with what may stand in brackets behind it.
const std::map<Base, std::vector<const char*>>& limited_types() {
  static const std::map<Base, std::vector<const char*>> names{
      {Base::kNumeric, {"numeric(10,2)", "numeric(5)", "numeric(20,-3)", "numeric(12,12)"}},
      {Base::kText, {"varchar(1)", "varchar(3)", "varchar(100)"}},
      {Base::kTimestamp, {"timestamp(0)", "timestamp(3)", "timestamp(5)"}},
      {Base::kTimestamptz, {"timestamptz(0)", "timestamptz(2)"}},
      {Base::kInterval,
       {"interval(0)", "interval(3)", "interval year", "interval month", "interval day",
        "interval hour", "interval minute", "interval second(1)", "interval year to month",
        "interval day to hour", "interval day to second(2)", "interval minute to second"}},
  };
  return names;
}

constexpr const char* kFormats[]{"%s",       "%s %s %s", "%I",       "%L|%s", "%2$s %1$s", "%10s|",
                                 "%-10s|%s", "%*s|",     "%2$*1$s|", "%-5L|", "%1$-4I",    "%%%s"};

// What is refused, what no PostgreSQL has, and what is called in a way of its own.
bool is_left_out(const Routine& routine) {
  return !routine.instead.empty() || routine.name == "unit_convert" || routine.name == "format";
}

// Makes a text of as many characters as its integer says.
bool makes_long_texts(const Routine& routine) {
  return routine.name == "repeat" || routine.name == "lpad" || routine.name == "rpad";
}

bool is_of_regexps(const Routine& routine) {
  if (routine.name == "unit_convert") return false;
  return routine.check != nullptr &&
         !(routine.name == "substring" && routine.arguments.size() == 3);
}

std::string list_of(const std::vector<Type>& types) {
  std::string list;
  for (const Type each : types) list += (list.empty() ? "" : ", ") + name_of(each);
  return list;
}
std::string name_of(const Routine& routine, Type result) {
  return std::string(routine.name) + "(" + list_of(routine.arguments) + ") " + name_of(result);
}
std::string name_of(const SetFunction& function) {
  return "FROM " + std::string(function.name) + "(" + list_of(function.arguments) + ")";
}

bool is_operator(std::string_view name) {
  return name.find_first_of("abcdefghijklmnopqrstuvwxyz") == name.npos;
}

// What PostgreSQL has from packaging/sql/functions.sql.
bool is_own(const Routine& routine) {
  return routine.name == "time_bucket" || routine.name == "quality" ||
         routine.name == "text_number" || routine.name == "json_number";
}

}  // namespace

Generator::Generator(const std::vector<ColumnName>& columns, uint64_t seed)
    : columns_(columns), random_(seed) {
  const Catalogue& catalogue = Catalogue::get();
  const auto add = [&](const Routine& routine, Entry::Kind kind) {
    if (is_left_out(routine)) return;
    used_[name_of(routine, routine.result)];
    entries_[{routine.result.base, routine.result.is_array}].push_back({&routine, kind});
    if (is_of_regexps(routine)) regexp_routines_.push_back({&routine, kind});
  };
  for (const auto& [name, routines] : catalogue.operators()) {
    for (const Routine& routine : routines) add(routine, Entry::kOperator);
  }
  for (const auto& [name, routines] : catalogue.functions()) {
    for (const Routine& routine : routines) add(routine, Entry::kFunction);
  }
  for (const Routine& routine : catalogue.casts()) add(routine, Entry::kCast);
  for (const SetFunction& function : set_functions()) {
    // generate_series may have billions, and has a way of its own below.
    if (function.name == "generate_series" || function.name == "json_leaves") continue;
    set_functions_.push_back(&function);
    used_[name_of(function)];
  }
}

Type Generator::any_type() { return columns_[below(columns_.size())].type; }
Type Generator::any_element() {
  const Type type = any_type();
  return type.is_array ? type.element() : type;
}

// At times one whose result is an array or an element of any type.
const std::vector<Generator::Entry>& Generator::entries_for(Type type) {
  const Base family = below(2) == 0 ? Base::kAnyElement : Base::kAnyCompatible;
  const auto of_any = entries_.find({family, type.is_array});
  if (type.is_array && below(3) > 0 && of_any != entries_.end()) return of_any->second;
  return entries_[{type.base, type.is_array}];
}

std::string Generator::query() {
  if (below(6) == 0 && !regexp_routines_.empty()) {
    regexps_.allow_one();
    const Entry& entry = regexp_routines_[below(regexp_routines_.size())];
    const std::string call = regexp_call(*entry.routine);
    regexps_.allow(RegexpTexts::Wrong::kNothing);
    return "SELECT " + call + " AS r FROM input";
  }
  const std::string from = below(4) == 0 ? more_from() : "";
  const Type type = any_type();
  std::string text = "SELECT " + expression(type, 3) + " AS r FROM input" + from;
  if (below(4) == 0) text += " WHERE " + expression(Base::kBoolean, 2);
  columns_.resize(input_columns_, {});
  return text;
}

// Items behind input, whose columns the query may name then. One of them at most makes several
// rows, because PostgreSQL has rows of more in any order.
std::string Generator::more_from() {
  std::string text;
  if (below(2) == 0) text += named_expressions();
  const size_t kind = below(7);
  if (kind == 3) return text;
  const bool is_outer = below(2) == 0;
  text += is_outer ? " LEFT JOIN LATERAL " : " CROSS JOIN LATERAL ";
  const Type first = any_type(), second = any_type();
  if (kind == 0) {
    std::string rows;
    for (size_t i = 1 + below(3); i > 0; --i) {
      rows +=
          (rows.empty() ? "(" : ", (") + expression(first, 1) + ", " + expression(second, 1) + ")";
    }
    text += "(VALUES " + rows + ") v(v1, v2)";
    columns_.push_back({"v1", first});
    columns_.push_back({"v2", second});
  } else if (kind == 1) {
    text += "json_leaves(" + expression(Base::kJsonb, 1) + ") v(v1, v2)";
    columns_.push_back({"v1", Base::kText});
    columns_.push_back({"v2", Base::kJsonb});
  } else if (kind > 3) {
    text += set_call();
  } else {
    text += "generate_series(1, " + std::to_string(below(4)) + ") WITH ORDINALITY v(v1, v2)";
    columns_.push_back({"v1", Base::kInteger});
    columns_.push_back({"v2", Base::kBigint});
  }
  if (is_outer) text += " ON " + (below(3) == 0 ? "true" : expression(Base::kBoolean, 2));
  return text;
}

// A function's first two columns are v1 and v2.
std::string Generator::set_call() {
  const SetFunction& function = *set_functions_[below(set_functions_.size())];
  ++used_[name_of(function)];
  const Type element = any_element();
  std::string list;
  if (function.check != nullptr) {
    list = regexp_arguments(function.name, function.arguments);
  } else {
    for (const Type type : function.arguments)
      list += (list.empty() ? "" : ", ") + expression(bound(type, element), 1);
  }
  std::string names;
  for (size_t i = 0; i < function.columns.size(); ++i) {
    const std::string name = "v" + std::to_string(i + 1);
    names += (i > 0 ? ", " : "") + name;
    const Type type = function.columns[i].type;
    columns_.push_back({name, type.is_polymorphic() ? element : type});
  }
  const bool is_own = function.name == "senml";
  return (is_own ? "" : "pg_catalog.") + std::string(function.name) + "(" + list + ") v(" + names +
         ")";
}

std::string Generator::named_expressions() {
  const Type first = any_type(), second = any_type();
  std::string text = " CROSS JOIN LATERAL (SELECT " + expression(first, 2) + " AS s1, " +
                     expression(second, 1) + " AS s2";
  if (below(3) == 0) text += " WHERE " + expression(Base::kBoolean, 1);
  columns_.push_back({"s1", first});
  columns_.push_back({"s2", second});
  return text + ") s";
}

std::string Generator::leaf(Type type) {
  // A path stands as a literal alone.
  if (type.base == Base::kJsonPath) ++used_["cast(text) jsonpath"];
  if (below(3) > 0) {
    std::vector<std::string> names;
    for (const ColumnName& column : columns_) {
      if (column.type == type) names.push_back(column.name);
    }
    if (!names.empty()) return names[below(names.size())];
  }
  if (below(12) == 0) return "NULL::" + name_of(type);
  const auto& texts = literals().at(type.base);
  if (type.is_array) {
    std::string items;
    for (size_t i = below(4); i > 0; --i) {
      std::string item = "\"";
      for (const char* c = texts[below(texts.size())]; *c; ++c) {
        if (*c == '"' || *c == '\\') item += '\\';
        item += *c;
      }
      item += '"';
      if (below(6) == 0) item = "NULL";
      items += (items.empty() ? "" : ",") + item;
    }
    return "'" + std::string(below(8) == 0 ? "[0:0]=" : "") + "{" + items + "}'::" + name_of(type);
  }
  return "'" + std::string(texts[below(texts.size())]) + "'::" + name_of(type);
}

Type Generator::bound(Type type, Type element) {
  switch (type.base) {
    case Base::kAny: return any_type();
    case Base::kAnyNonArray: return any_element();
    // Of a common type need not be the same.
    case Base::kAnyCompatible:
      if (below(6) == 0) element = any_element();
      break;
    case Base::kAnyElement: break;
    default: return type;
  }
  return type.is_array ? element.array() : element;
}

// A text, a pattern and, if there are, a replacement, numbers and flags.
std::string Generator::regexp_arguments(std::string_view name, const std::vector<Type>& types) {
  const auto quoted = [](const std::string& text) {
    std::string result = "'";
    for (const char c : text) result += c == '\'' ? "''" : std::string(1, c);
    return result + "'::text";
  };
  const std::string subject = below(2) == 0 ? leaf(Base::kText) : quoted(regexps_.subject());
  const std::string pattern = quoted(regexps_.pattern());
  if (is_operator(name)) return subject + " " + std::string(name) + " " + pattern;
  std::string list = subject + ", " + pattern;
  const bool replaces = name == "regexp_replace";
  for (size_t i = 2; i < types.size(); ++i) {
    if (types[i] == Type(Base::kText))
      list += ", " + quoted(i == 2 && replaces ? regexps_.replacement() : regexps_.flags());
    else if (i == 4 && name == "regexp_instr") list += below(2) == 0 ? ", 0" : ", 1";
    else list += ", " + regexps_.number();
  }
  return list;
}

std::string Generator::regexp_call(const Routine& routine) {
  ++used_[name_of(routine, routine.result)];
  const std::string list = regexp_arguments(routine.name, routine.arguments);
  if (is_operator(routine.name)) return "(" + list + ")";
  return "pg_catalog." + std::string(routine.name) + "(" + list + ")";
}

std::string Generator::call(const Routine& routine, bool is_operator, Type result, int depth) {
  if (is_of_regexps(routine) && below(8) > 0) return regexp_call(routine);
  const Type element = routine.result.is_polymorphic() ? result.element() : any_element();
  std::vector<std::string> arguments;
  for (const Type type : routine.arguments) {
    const bool is_size = makes_long_texts(routine) && type == Type(Base::kInteger);
    arguments.push_back(is_size ? std::to_string(below(9))
                                : expression(bound(type, element), depth - 1));
  }
  if (routine.is_variadic && below(2) == 0)
    arguments.push_back(expression(bound(routine.arguments.back(), element), depth - 1));
  if (is_operator) {
    const std::string name(routine.name);
    return arguments.size() == 1 ? "(" + name + " " + arguments[0] + ")"
                                 : "(" + arguments[0] + " " + name + " " + arguments[1] + ")";
  }
  std::string list;
  for (const std::string& each : arguments) list += (list.empty() ? "" : ", ") + each;
  return (is_own(routine) ? "" : "pg_catalog.") + std::string(routine.name) + "(" + list + ")";
}

// Empty: the type has none.
std::string Generator::limited_cast(Type type, int depth) {
  if (type == Type(Base::kText) && below(2) == 0) return formatted(depth);
  const auto found = limited_types().find(type.base);
  if (found == limited_types().end()) return "";
  const std::string name = found->second[below(found->second.size())];
  if (type == Type(Base::kInterval) && below(2) == 0) {
    constexpr const char* kTexts[]{"1", "1 2", "2:03", "1 2:03:04.567", "-3.5"};
    return "'" + std::string(kTexts[below(std::size(kTexts))]) + "'::" + name;
  }
  return "(" + expression(type, depth - 1) + ")::" + name;
}

std::string Generator::formatted(int depth) {
  std::string text = "format('" + std::string(kFormats[below(std::size(kFormats))]) + "'";
  for (size_t count = below(4); count > 0; --count)
    text += ", " + expression(any_type(), depth - 1);
  ++used_["format(text, \"any\") text"];
  return text + ")";
}

std::string Generator::any_or_all(int depth) {
  static constexpr const char* kOperators[]{"=", "<>", "<", "<=", ">", ">=", "~~", "!~~*"};
  const Type of = any_element();
  const size_t kinds = of == Type(Base::kText) ? 8 : 6;
  return "(" + expression(of, depth - 1) + " " + kOperators[below(kinds)] +
         (below(2) == 0 ? " ANY (" : " ALL (") + expression(of.array(), depth - 1) + "))";
}

// Written as such, or of another array.
std::string Generator::array_of(Type type, int depth) {
  if (below(3) == 0)
    return "(" + expression(any_element().array(), depth - 1) + ")::" + name_of(type);
  std::string items;
  for (size_t i = 1 + below(3); i > 0; --i) {
    const Type item = below(4) == 0 ? type : type.element();
    items +=
        (items.empty() ? "" : ", ") + expression(below(6) > 0 ? type.element() : item, depth - 1);
  }
  return "ARRAY[" + items + "]" + (below(4) == 0 ? "::" + name_of(type) : "");
}

std::string Generator::expression(Type type, int depth) {
  if (depth == 0 || below(8) == 0 || type.base == Base::kJsonPath) return leaf(type);
  switch (below(10)) {
    case 0:
      return "CASE WHEN " + expression(Base::kBoolean, depth - 1) + " THEN " +
             expression(type, depth - 1) + " ELSE " + expression(type, depth - 1) + " END";
    case 1:
      return "COALESCE(" + expression(type, depth - 1) + ", " + expression(type, depth - 1) + ")";
    case 2:
      if (type == Type(Base::kBoolean)) {
        const Type of = any_type();
        const std::string one = expression(of, depth - 1), other = expression(of, depth - 1);
        switch (below(7)) {
          case 5:
          case 6: return any_or_all(depth);
          case 0: return "(" + one + " IS DISTINCT FROM " + other + ")";
          case 1: return "(" + one + " IN (" + other + ", " + leaf(of) + "))";
          case 2:
            return "(" + expression(type, depth - 1) + " AND " + expression(type, depth - 1) + ")";
          case 3:
            return "(" + expression(type, depth - 1) + " OR NOT " + expression(type, depth - 1) +
                   ")";
          default: return "(" + one + " IS NULL)";
        }
      }
      return "NULLIF(" + expression(type, depth - 1) + ", " + expression(type, depth - 1) + ")";
    case 3:
      return "GREATEST(" + expression(type, depth - 1) + ", " + expression(type, depth - 1) + ")";
    case 4:
      if (type.is_array) return array_of(type, depth);
      if (type == Type(Base::kJsonb) && below(2) == 0)
        return "(" + expression(type, depth - 1) + ")[" +
               leaf(below(2) == 0 ? Base::kText : Base::kInteger) + "]";
      return "(" + expression(type.array(), depth - 1) + ")[" + leaf(Base::kInteger) + "]";
    default: break;
  }
  if (below(10) == 0 && !type.is_array) {
    if (const std::string limited = limited_cast(type, depth); !limited.empty()) return limited;
  }
  const auto& entries = entries_for(type);
  if (entries.empty()) return type.is_array ? array_of(type, depth) : leaf(type);
  const Entry& entry = entries[below(entries.size())];
  ++used_[name_of(*entry.routine, entry.routine->result)];
  if (entry.kind == Entry::kCast)
    return "(" + expression(bound(entry.routine->arguments[0], any_element()), depth - 1) +
           ")::" + name_of(type);
  return call(*entry.routine, entry.kind == Entry::kOperator, type, depth);
}

}  // namespace sql
