#include "table_check.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "identifier.hpp"

namespace timescale_sink {
namespace {

using Rows = std::vector<std::vector<std::string>>;

class TableCheck {
 public:
  TableCheck(Connection& connection, const std::string& settings, const NeededTable& needed,
             penstock::Report& report)
      : connection_(connection), settings_(settings), needed_(needed), report_(report) {}

  void run() {
    const Rows server = rows(
        "SELECT current_setting('server_version'), coalesce((SELECT extversion FROM pg_extension "
        "WHERE extname = 'timescaledb'), ''), pg_is_in_recovery() OR "
        "current_setting('default_transaction_read_only')::bool, current_user, current_database()");
    if (server.empty()) return;
    user_ = server[0][3];
    database_ = server[0][4];
    if (server[0][2] == "t") {
      error("host", "the server is read-only (a standby?); name the primary");
    }
    if (exists(name_, "table")) {
      check_columns();
      check_rights();
      check_key();
    }
    if (needed_.ledger_table && exists(*needed_.ledger_table, "ledger_table")) {
      for (const char* right : {"SELECT", "INSERT", "DELETE"}) {
        need_right("ledger_table", *needed_.ledger_table, right);
      }
    }
    if (!ok_) return;
    const std::string timescale = server[0][1].empty() ? "" : " with TimescaleDB " + server[0][1];
    report_.note("connected to " + database_ + " as " + user_ + " (PostgreSQL " + server[0][0] +
                 timescale + "); table and privileges are ok");
  }

 private:
  void error(const char* option, const std::string& what) {
    ok_ = false;
    report_.error(option, what);
  }

  Rows rows(const std::string& sql) {
    Result result;
    if (const Failure failure = connection_.execute(settings_ + sql, result)) {
      error("host", failure.message);
      return {};
    }
    Rows found(static_cast<size_t>(PQntuples(result.get())));
    for (int row = 0; row < PQntuples(result.get()); ++row) {
      for (int column = 0; column < PQnfields(result.get()); ++column) {
        found[static_cast<size_t>(row)].emplace_back(PQgetvalue(result.get(), row, column));
      }
    }
    return found;
  }

  bool exists(const std::string& table, const char* option) {
    const Rows found = rows("SELECT to_regclass(" + literal(table) + ") IS NOT NULL, " +
                            "coalesce(has_schema_privilege(coalesce(to_regnamespace(nullif(" +
                            literal(schema_of(table)) +
                            ", '')), current_schema()::regnamespace), 'CREATE'), false)");
    if (found.empty()) return false;
    if (found[0][0] == "t") return true;
    if (!needed_.creates) {
      error(option, "the database " + database_ + " has no table " + table +
                        "; create it with sql/init.sql, or write create_table = true");
    } else if (found[0][1] != "t") {
      error(option, "there is no table " + table + ", and " + user_ +
                        " may not create it: GRANT CREATE ON SCHEMA … TO " + quoted_table(user_) +
                        ", or create it with sql/init.sql");
    }
    if (!needed_.creation_fault.empty()) error(option, needed_.creation_fault);
    return false;
  }

  static std::string schema_of(const std::string& table) {
    const size_t dot = table.find("\".\"");
    return dot == std::string::npos ? "" : table.substr(0, dot + 1);
  }

  void check_columns() {
    Table table;
    if (const Failure failure = read_table(connection_, name_, settings_, table)) {
      error("host", failure.message);
      return;
    }
    if (!table.why_insert.empty()) {
      report_.note(name_ + " " + table.why_insert + ", so rows are written by INSERT");
    }
    std::set<std::string> told;
    for (const penstock::Schema& input : needed_.inputs) {
      const Layout layout(table, input, needed_.layout);
      for (const PlannedColumn& column : layout.plan.columns) columns_.insert(column.to.name);
      for (const MissingColumn& column : layout.plan.missing) {
        if (!told.insert(column.name).second) continue;
        report_.note("table: its column \"" + column.name + "\", " + column.type +
                     ", is added with the first row");
        adds_columns_ = true;
      }
      for (const std::string& fault : layout.plan.faults) {
        if (told.insert(fault).second) error("table", fault);
      }
      for (const std::string& warning : layout.plan.warnings) {
        if (told.insert(warning).second) report_.warning("table", warning);
      }
      for (const std::string& note : layout.plan.notes) {
        if (told.insert(note).second) report_.note("table: " + note);
      }
    }
    if (adds_columns_) check_owner();
  }

  void check_owner() {
    const Rows owner =
        rows("SELECT pg_has_role(relowner, 'USAGE') FROM pg_class WHERE oid = to_regclass(" +
             literal(name_) + ")");
    if (owner.empty() || owner[0][0] == "t") return;
    error("add_columns", user_ + " does not own " + name_ +
                             ", so it cannot add columns: ALTER TABLE " + name_ + " OWNER TO " +
                             quoted_table(user_));
  }

  // Each privilege but DELETE can be granted on the table or on its columns.
  void need_right(const char* option, const std::string& table, const std::string& right) {
    const std::string has_it = right == "DELETE"
                                   ? "has_table_privilege(attrelid, 'DELETE')"
                                   : "has_column_privilege(attrelid, attnum, '" + right + "')";
    const Rows has = rows("SELECT coalesce(bool_and(" + has_it +
                          "), true) FROM pg_attribute WHERE attrelid = to_regclass(" +
                          literal(table) + ") AND attnum > 0 AND NOT attisdropped AND (" +
                          (table == name_ ? "attname IN (" + column_names() + ")" : "true") + ")");
    if (has.empty() || has[0][0] == "t") return;
    error(option, user_ + " has no " + right + " privilege on " + table + ": GRANT " + right +
                      " ON " + table + " TO " + quoted_table(user_));
  }

  std::string column_names() const {
    std::string names;
    for (const std::string& name : columns_) names += (names.empty() ? "" : ", ") + literal(name);
    return names.empty() ? "NULL" : names;
  }

  void check_rights() {
    need_right("table", name_, "INSERT");
    const ConflictRule& conflict = needed_.layout.conflict;
    if (conflict.action != OnConflict::kError) need_right("table", name_, "SELECT");
    if (conflict.action == OnConflict::kUpdate) need_right("table", name_, "UPDATE");
    check_sequences();
    check_policies();
    const Failure failure = connection_.execute(
        settings_ + "CREATE TEMPORARY TABLE penstock_check (n int) ON COMMIT DROP");
    if (!failure || failure.state == "25006") return;
    const std::string remedy = failure.state == "42501"
                                   ? ": GRANT TEMPORARY ON DATABASE " + quoted_table(database_) +
                                         " TO " + quoted_table(user_)
                                   : "";
    error("database", user_ + " cannot create temporary tables in " + database_ +
                          ", which a batch with a refused row needs (" + failure.message + ")" +
                          remedy);
  }

  // A default of nextval needs USAGE on the sequence.
  void check_sequences() {
    const Rows lacking =
        rows("SELECT s.name FROM pg_attribute a CROSS JOIN LATERAL pg_get_serial_sequence(" +
             literal(name_) + ", a.attname) AS s (name) WHERE a.attrelid = to_regclass(" +
             literal(name_) + ") AND a.atthasdef AND a.attnum > 0 AND a.attname NOT IN (" +
             column_names() +
             ") AND s.name IS NOT NULL AND NOT has_sequence_privilege(s.name, 'USAGE')");
    for (const auto& row : lacking) {
      error("table", user_ + " has no USAGE privilege on the sequence " + row[0] +
                         ": GRANT USAGE ON " + "SEQUENCE " + row[0] + " TO " + quoted_table(user_));
    }
  }

  void check_policies() {
    const Rows none = rows(
        "SELECT row_security_active(c.oid) AND NOT EXISTS (SELECT FROM pg_policy p WHERE "
        "p.polrelid = c.oid AND p.polcmd IN ('a', '*') AND p.polpermissive AND EXISTS (SELECT FROM "
        "unnest(p.polroles) AS r (role) WHERE CASE r.role WHEN 0 THEN true ELSE "
        "pg_has_role(r.role, 'USAGE') END)) FROM pg_class c WHERE c.oid = to_regclass(" +
        literal(name_) + ")");
    if (none.empty() || none[0][0] != "t") return;
    error("table", "no policy of " + name_ + " lets " + user_ +
                       " insert a row: CREATE POLICY … ON " + name_ + " FOR INSERT TO " +
                       quoted_table(user_) + " WITH CHECK (…)");
  }

  void check_key() {
    if (needed_.layout.conflict.key.empty()) return;
    std::vector<std::string> key = needed_.layout.conflict.key;
    std::sort(key.begin(), key.end());
    std::string columns, names;
    for (const std::string& column : key) {
      columns += (columns.empty() ? "" : ", ") + literal(column);
      names += (names.empty() ? "" : ", ") + quoted_name(column);
    }
    const Rows found = rows(
        "SELECT count(*) FROM pg_index i WHERE i.indrelid = to_regclass(" + literal(name_) +
        ") AND i.indisunique AND i.indimmediate AND i.indisvalid AND i.indpred IS NULL AND "
        "i.indexprs IS NULL AND ARRAY[" +
        columns +
        "]::name[] = ARRAY(SELECT a.attname FROM pg_attribute a WHERE a.attrelid = i.indrelid AND "
        "a.attnum = ANY((i.indkey::int2[])[0:i.indnkeyatts - 1]) ORDER BY a.attname COLLATE "
        "\"C\")");
    if (found.empty() || found[0][0] != "0") return;
    error("conflict_key",
          "the table has no unique key of exactly these columns: CREATE UNIQUE INDEX "
          "ON " +
              name_ + " (" + names + ")");
  }

  Connection& connection_;
  const std::string& settings_;
  const NeededTable& needed_;
  const std::string& name_ = needed_.layout.table;
  std::set<std::string> columns_;  // of the table, that are written
  penstock::Report& report_;
  std::string user_, database_;
  bool ok_ = true;
  bool adds_columns_ = false;
};

}  // namespace

void check_table(Connection& connection, const std::string& settings, const NeededTable& needed,
                 penstock::Report& report) {
  TableCheck(connection, settings, needed, report).run();
}

std::string first_fault(Connection& connection, const std::string& settings,
                        const NeededTable& needed) {
  std::string first;
  penstock_report collect = {};
  collect.size = sizeof(collect);
  collect.engine = &first;
  collect.error = [](void* to, const char* option, penstock_text message) {
    auto& text = *static_cast<std::string*>(to);
    if (text.empty()) text = std::string(option) + ": " + std::string(message.data, message.size);
  };
  collect.warning = [](void*, const char*, penstock_text) {};
  collect.note = [](void*, penstock_text) {};
  penstock::Report report({}, &collect);
  check_table(connection, settings, needed, report);
  return first;
}

std::string advice_for(const std::string& failure) {
  struct Advice {
    const char* says;
    const char* do_this;
  };
  constexpr std::array<Advice, 9> kAdvice{
      {{"password authentication failed", "set user and password to a login of the server"},
       {"no password supplied", "set password"},
       {"no pg_hba.conf entry",
        "allow this machine in the server's pg_hba.conf, then reload the server"},
       {"does not exist", "create it, or set database and user to existing ones"},
       {"could not translate host name", "set host to a name that this machine can look up"},
       {"Connection refused",
        "start the server, or set host and port to where it listens (its listen_addresses)"},
       {"timeout expired", "set host and port to where the server is, and look for a firewall"},
       {"No such file or directory", "start the server, or set host to where it is"},
       {"too many", "raise the server's max_connections, or lower parallelism"}}};
  for (const Advice& advice : kAdvice) {
    if (failure.find(advice.says) != std::string::npos) return advice.do_this;
  }
  if (failure.find("SSL") != std::string::npos ||
      failure.find("certificate") != std::string::npos) {
    return "set ssl_mode and the ssl_ files to match the server";
  }
  return "set host and port to where the server is";
}

}  // namespace timescale_sink
