#include "statements.hpp"

#include <algorithm>

#include "identifier.hpp"

namespace timescale_sink {
namespace {

// A setting that does not exist.
constexpr const char* kChanged = "penstock.the_table_has_changed";

std::string column_number(size_t i) { return "c" + std::to_string(i); }

template <class Each>
std::string listed(size_t count, Each&& each) {
  std::string text;
  for (size_t i = 0; i < count; ++i) text += (i == 0 ? "" : ", ") + each(i);
  return text;
}

}  // namespace

std::string version_sql(const std::string& table) {
  return "(SELECT concat(c.oid, c.relkind, c.relhasrules, c.relrowsecurity, ': ', "
         "(SELECT string_agg(v.xmin::text, ' ' ORDER BY v.attnum) FROM pg_attribute v "
         "WHERE v.attrelid = c.oid AND v.attnum > 0)) FROM pg_class c WHERE c.oid = to_regclass(" +
         literal(table) + "))";
}

Statements::Statements(const Table& table, const ColumnPlan& plan, ConflictRule conflict)
    : table_(table.name), version_(table.version), plan_(plan), conflict_(std::move(conflict)) {}

std::string Statements::copy() const {
  return "COPY " + table_ + " (" + plan_.names() + ") FROM STDIN (FORMAT binary)";
}

std::string Statements::arrays(bool staged) const {
  const std::string names = listed(plan_.columns.size(), [](size_t i) { return column_number(i); });
  return "unnest(" +
         listed(plan_.columns.size(),
                [&](size_t i) {
                  const PlannedColumn& column = plan_.columns[i];
                  const bool bytes = staged && column.choice.is_text;
                  return "$" + std::to_string(i + 1) + "::" +
                         (bytes                           ? "pg_catalog.bytea"
                          : column.choice.is_text_to_read ? "pg_catalog.text"
                                                          : column.to.type) +
                         "[]";
                }) +
         ") WITH ORDINALITY AS s(" + names + ", n)";
}

// Texts are staged as bytes, so that a character that the database's encoding lacks costs its row,
// not the batch.
std::string Statements::value(size_t i, bool staged) const {
  const PlannedColumn& column = plan_.columns[i];
  std::string value = "s." + column_number(i);
  if (staged && column.choice.is_text) {
    value = "convert_from(" + value + ", 'UTF8')";
  } else if (!column.choice.is_text_to_read) {
    return value;
  }
  // The input function of timestamp ignores an offset (datetime.c, DecodeDateTime).
  if (column.to.base_name == "timestamp") {
    value = "(" + value + "::timestamptz AT TIME ZONE 'UTC')";
  }
  return value + "::" + column.to.type;
}

// With the collation by which the table compares it.
std::string Statements::value_of(const std::string& name, bool staged) const {
  const auto at = std::find_if(plan_.columns.begin(), plan_.columns.end(),
                               [&](const PlannedColumn& column) { return column.to.name == name; });
  const std::string text = value(static_cast<size_t>(at - plan_.columns.begin()), staged);
  return at->to.collation.empty() ? text : text + " COLLATE " + at->to.collation;
}

// Of several rows with the same key only the newest is written, or the last: ON CONFLICT refuses to
// update a row twice in one statement. A key with a NULL equals no other.
std::string Statements::select(bool staged, const std::string& from,
                               const std::string& where) const {
  std::string sql = "SELECT ", order = "s.n";
  if (conflict_.action == OnConflict::kUpdate) {
    const auto key_column = [&](size_t i) { return value_of(conflict_.key[i], staged); };
    const std::string key = listed(conflict_.key.size(), key_column);
    order = key + ", CASE WHEN num_nulls(" + key + ") > 0 THEN s.n END";
    sql += "DISTINCT ON (" + order + ") ";
    if (!conflict_.newer_by.empty()) {
      order += ", " + value_of(conflict_.newer_by, staged) + " DESC NULLS LAST";
    }
    order += ", s.n DESC";
  }
  sql += listed(plan_.columns.size(), [&](size_t i) { return value(i, staged); });
  return sql + " FROM " + from + (where.empty() ? "" : " WHERE " + where) + " ORDER BY " + order;
}

std::string Statements::into(const std::string& rows, OnConflict action) const {
  std::string sql = "INSERT INTO " + table_ + " AS t (" + plan_.names() + ") " + rows;
  if (action == OnConflict::kError) return sql;
  sql += " ON CONFLICT (" +
         listed(conflict_.key.size(), [&](size_t i) { return quoted_name(conflict_.key[i]); }) +
         ") DO ";
  if (action == OnConflict::kIgnore) return sql + "NOTHING";
  sql += "UPDATE SET " + listed(plan_.columns.size(), [&](size_t i) {
           const std::string name = quoted_name(plan_.columns[i].to.name);
           return name + " = excluded." + name;
         });
  if (conflict_.newer_by.empty()) return sql;
  const std::string newer = quoted_name(conflict_.newer_by);
  return sql + " WHERE t." + newer + " IS NULL OR excluded." + newer + " >= t." + newer;
}

std::string Statements::insert() const {
  return into(select(false, arrays(false), ""), conflict_.action);
}

std::vector<PlannedColumn>::const_iterator Statements::time_column() const {
  return std::find_if(plan_.columns.begin(), plan_.columns.end(), [](const PlannedColumn& column) {
    return column.to.base_name.starts_with("timestamp");
  });
}

std::string Statements::insert_again(Row row, bool now, OnConflict action) const {
  const auto time = time_column();
  std::string sql =
      "SELECT " +
      listed(
          plan_.columns.size(),
          [&](size_t i) {
            const PlannedColumn& column = plan_.columns[i];
            if (now && &column == &*time) {
              return "(clock_timestamp() AT TIME ZONE 'UTC')" +
                     std::string(column.to.base_name == "timestamp" ? "" : " AT TIME ZONE 'UTC'");
            }
            return row == Row::kNewest ? quoted_name(column.to.name) : value(i, false);
          }) +
      " FROM ";
  if (row == Row::kGiven) return into(sql + arrays(false), action);
  sql += table_;
  if (has_time()) sql += " ORDER BY " + quoted_name(time->to.name) + " DESC NULLS LAST";
  return into(sql + " LIMIT 1", action);
}

// SQL has no statement that fails; current_setting does for an unknown setting.
std::string Statements::check_version() const {
  return "SELECT CASE WHEN " + version_sql(table_) + " = " + literal(version_) +
         " THEN '' ELSE current_setting('" + kChanged + "') END";
}

bool Statements::says_changed(const std::string& message) {
  return message.find(kChanged) != std::string::npos;
}

std::string Statements::create_stage() const {
  return std::string("CREATE TEMPORARY TABLE ") + kStage + " (n int PRIMARY KEY, " +
         listed(plan_.columns.size(),
                [&](size_t i) {
                  const PlannedColumn& column = plan_.columns[i];
                  return column_number(i) + " " +
                         (column.choice.is_text ? "pg_catalog.bytea" : column.to.type);
                }) +
         ") ON COMMIT DROP";
}

std::string Statements::copy_to_stage() const {
  return std::string("COPY ") + kStage + " (n, " +
         listed(plan_.columns.size(), [](size_t i) { return column_number(i); }) +
         ") FROM STDIN (FORMAT binary)";
}

std::string Statements::insert_into_stage() const {
  const std::string names = listed(plan_.columns.size(), [](size_t i) { return column_number(i); });
  return std::string("INSERT INTO ") + kStage + " (n, " + names + ") SELECT s.n - 1, " +
         listed(plan_.columns.size(), [](size_t i) { return "s." + column_number(i); }) + " FROM " +
         arrays(true);
}

std::string Statements::insert_from_stage(const std::string& first, const std::string& last) const {
  return into(select(true, std::string(kStage) + " s", "s.n BETWEEN " + first + " AND " + last),
              conflict_.action);
}

}  // namespace timescale_sink
