#include <fmt/format.h>

#include "help/command_line.hpp"

namespace penstock::engine {
namespace {

// Text as roff takes it: no dash that is typeset as a hyphen, no line that looks like a macro.
std::string roff(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '-') out += "\\-";
    else if (c == '\\') out += "\\e";
    else if ((c == '.' || c == '\'') && (out.empty() || out.back() == '\n')) out += {'\\', '&', c};
    else out += c;
  }
  return out;
}

std::string option_entries(const CLI::App& app) {
  std::string page;
  for (const CLI::Option* option : app.get_options()) {
    const std::string type = option->get_type_name();
    page += fmt::format(".TP\n\\fB{}\\fR{}\n{}\n", roff(option->get_name(option->get_positional())),
                        type.empty() || option->get_positional() ? "" : " " + roff(type),
                        roff(option->get_description()));
  }
  return page;
}

}  // namespace

std::string manual_page(const CLI::App& app, const std::string& version) {
  std::string page = fmt::format(
      ".TH PENSTOCK 1 \"\" \"penstock {0}\" \"User Commands\"\n"
      ".SH NAME\npenstock \\- plugin\\-based stream\\-processing engine for machine data\n"
      ".SH SYNOPSIS\n.B penstock\n[OPTIONS] COMMAND ...\n"
      ".SH DESCRIPTION\nA TOML file describes a pipeline as a graph of nodes, each a plugin loaded "
      "at run time. /etc/penstock/pipelines has those that ship, and says what each is for.\n"
      ".SH OPTIONS\n{1}.SH COMMANDS\n",
      roff(version), option_entries(app));
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    page += fmt::format(".SS penstock {}\n{}.\n{}.PP\n{}\n", roff(command->get_name()),
                        roff(command->get_description()), option_entries(*command),
                        roff(command->get_footer()));
  }
  page +=
      ".SH SIGNALS\n"
      ".TP\n.B SIGTERM, SIGINT\nWrite what was accepted, for at most shutdown_timeout, then end. A "
      "second one, a second or more later, ends at once.\n"
      ".TP\n.B SIGHUP\nReload the pipeline file, as penstock reload does; a file with errors "
      "changes nothing.\n"
      ".SH EXIT STATUS\n"
      ".TP\n.B 0\nEverything accepted is written, or waits on disk for the next start; a check "
      "found "
      "no error; an engine that was asked is healthy.\n"
      ".TP\n.B 1\nThe command line is wrong, it could not start, or the answer is no: the reason "
      "is on standard "
      "error.\n"
      ".TP\n.B 2\nshutdown_timeout passed, and something that was in memory only is not written.\n"
      ".TP\n.B 128 + N\nA second signal, number N, ended it at once.\n"
      ".SH ENVIRONMENT\n"
      "Any variable can be used in a pipeline file, as ${NAME} or ${NAME:\\-default}; "
      "penstock\\-pipelines(5) lists those of the pipelines that ship. penstock itself reads:\n"
      ".TP\n.B CREDENTIALS_DIRECTORY\nFolder of ${credential:NAME}, set by systemd "
      "(LoadCredential=).\n"
      ".TP\n.B HOSTNAME\nThe host's name, where ${HOSTNAME} is used; if it is not set, the system "
      "is asked.\n"
      ".TP\n.B NO_COLOR\nIf set, check prints no colours.\n"
      ".TP\n.B NOTIFY_SOCKET, WATCHDOG_USEC\nSet by systemd: where readiness and heartbeats go.\n"
      ".TP\n.B STATE_DIRECTORY\nWhere sessions --forget keeps what it takes, of a source without "
      "an intake on disk; if it is not set, the current folder.\n"
      ".SH FILES\n"
      ".TP\n.I /etc/penstock/pipelines/\nThe pipelines; penstock@NAME.service runs NAME.toml.\n"
      ".TP\n.I /etc/penstock/NAME.env\nThe environment of penstock@NAME.service.\n"
      ".TP\n.I /var/lib/penstock/NAME/\nIts intake and dead letters.\n"
      ".TP\n.I /usr/local/lib/penstock/plugins/\nPlugins of your own.\n"
      ".SH SEE ALSO\npenstock\\-pipelines(5); /usr/share/doc/penstock/docs has the operator's "
      "manual "
      "(operating.md), what is promised (delivery.md), and all options (reference/).\n";
  return page;
}

}  // namespace penstock::engine
