#include "top/top.hpp"

#include <curses.h>
#include <unistd.h>

#include <chrono>
#include <clocale>
#include <iostream>
#include <thread>

#include "http/client.hpp"
#include "telemetry/printable.hpp"
#include "top/screen.hpp"

namespace penstock::engine {
namespace {

constexpr const char* kView = "/view";

using namespace std::chrono_literals;

constexpr size_t kPlainWidth = 160;

// ncurses, from its begin to its end, also when an exception passes.
class Terminal {
 public:
  Terminal() {
    std::setlocale(LC_ALL, "");
    initscr();
    cbreak();
    noecho();
    curs_set(0);
    keypad(stdscr, TRUE);
    timeout(1000);
    if (has_colors()) {
      start_color();
      use_default_colors();
      init_pair(1, COLOR_GREEN, -1);
      init_pair(2, COLOR_YELLOW, -1);
      init_pair(3, COLOR_RED, -1);
    }
  }
  ~Terminal() { endwin(); }
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

  void show(const std::vector<ScreenLine>& lines) {
    erase();
    int row = 0;
    for (const ScreenLine& line : lines) {
      if (row >= LINES) break;
      const auto attributes = attributes_of(line.tone);
      attron(attributes);
      mvaddstr(row++, 0, line.text.c_str());
      attroff(attributes);
    }
    refresh();
  }
  // A key, or ERR after a second.
  int key() { return getch(); }

 private:
  static chtype attributes_of(Tone tone) {
    switch (tone) {
      case Tone::kStrong: return A_BOLD;
      case Tone::kQuiet: return A_DIM;
      case Tone::kOk: return static_cast<chtype>(COLOR_PAIR(1));
      case Tone::kWarning: return static_cast<chtype>(COLOR_PAIR(2));
      case Tone::kTrouble: return static_cast<chtype>(COLOR_PAIR(3)) | A_BOLD;
      default: return A_NORMAL;
    }
  }
};

int show_once(const HttpPlace& place) {
  const HttpAnswer first = http_get(place, kView);
  if (first.status != 200) {
    std::cerr << first.body << "\n";
    return 1;
  }
  std::this_thread::sleep_for(1100ms);  // rates need two views
  const HttpAnswer second = http_get(place, kView);
  for (const ScreenLine& line : screen_of(second.body, first.body, kPlainWidth)) {
    std::cout << line.text << "\n";
  }
  return 0;
}

}  // namespace

int top(const HttpPlace& place, bool once) {
  if (once || !isatty(STDOUT_FILENO)) return show_once(place);
  const HttpAnswer first = http_get(place, kView);
  if (first.status != 200) {
    std::cerr << first.body << "\n";
    return 1;
  }
  Terminal terminal;
  std::string before, now = first.body;
  while (true) {
    auto lines = screen_of(now, before, static_cast<size_t>(COLS));
    lines.push_back({"", Tone::kPlain});
    lines.push_back({"q ends", Tone::kQuiet});
    terminal.show(lines);
    const int key = terminal.key();
    if (key == 'q' || key == 'Q') return 0;
    HttpAnswer next = http_get(place, kView);
    while (next.status != 200) {
      terminal.show({{printable(next.body), Tone::kTrouble},
                     {"asking again once a second; q ends", Tone::kQuiet}});
      const int pressed = terminal.key();
      if (pressed == 'q' || pressed == 'Q') return 0;
      next = http_get(place, kView);
    }
    before = std::move(now);
    now = std::move(next.body);
  }
}

}  // namespace penstock::engine
