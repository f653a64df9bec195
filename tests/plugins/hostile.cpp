// Passes messages on until one says "now"; then it does what its option `does` names.
#include <penstock/plugin.hpp>

#include <chrono>
#include <cstring>
#include <stdexcept>
#include <thread>

using namespace penstock;

class Hostile {
 public:
  enum class Does {
    kThrows,
    kNoColumns,
    kShortColumn,
    kFallingOffsets,
    kWrongText,
    kWrongNulls,
    kReleased,
    kWrongPort,
    kRejectsNothing,
    kRejectsTwice,
    kBlocks,
    kEmitsOutside,
    kFailsAfterHolding,
    kLeaks,
    kPosesAsSource,
    kRefusesToBeMade
  };
  struct Options {
    Does does = Does::kThrows;
  };

  static Declaration declare() {
    return {
        .name = "hostile",
        .summary = "Passes messages on until one says \"now\".",
        .options = {option<&Options::does>(
            "does", {.help = "What it does then.",
                     .default_value = "throws",
                     .choices = "throws,no_columns,short_column,falling_offsets,wrong_text,"
                                "wrong_nulls,released,wrong_port,rejects_nothing,rejects_twice,"
                                "blocks,emits_outside,fails_after_holding,leaks,poses_as_source,"
                                "refuses_to_be_made"})},
        .ports = {{"out", "The messages."}},
        .metrics = {}};
  }
  static Schema input_schema(const Options&) { return message_schema(); }

  Hostile(const Options& options, Context& context) : options_(options), context_(context) {
    if (options.does == Does::kRefusesToBeMade) throw std::runtime_error("no licence found");
  }
  ~Hostile() {
    stop_ = true;
    if (thread_.joinable()) thread_.join();
  }

  Outcome process(const Batch& batch) {
    const bool now = says_now(batch);
    if (options_.does == Does::kFailsAfterHolding) return hold(batch, now);
    if (!now) {
      context_.forward(0, batch);
      return Outcome::done();
    }
    return act(batch);
  }
  void flush() {
    if (!held_.empty()) context_.forward(0, held_);
    held_.clear();
  }

 private:
  static bool says_now(const Batch& batch) {
    for (size_t i = 0; i < batch.chunks(); ++i) {
      const TextColumn payload(*batch.chunk(i).children[batch.column("payload")]);
      for (int64_t row = 0; row < batch.chunk(i).length; ++row) {
        if (payload[row] == "now") return true;
      }
    }
    return false;
  }

  // Gives out what it held, this batch among it, and then throws.
  Outcome hold(const Batch& batch, bool now) {
    held_.emplace_back(batch);
    if (!now) return Outcome::done();
    flush();
    throw std::runtime_error("it gave out what it held, and then it threw");
  }

  Outcome act(const Batch& batch) {
    switch (options_.does) {
      case Does::kThrows: throw std::runtime_error("thrown on purpose");
      case Does::kBlocks:
        while (!stop_) std::this_thread::sleep_for(std::chrono::milliseconds(10));
        break;
      case Does::kWrongPort: context_.emit(7, rows(batch.rows(), batch.rows())); break;
      case Does::kRejectsNothing: context_.reject_row(batch, 0, batch.rows() + 5, "nothing"); break;
      case Does::kRejectsTwice:
        for (int i = 0; i < 3; ++i) context_.reject_row(batch, 0, 0, "thrice");
        break;
      case Does::kEmitsOutside:
        thread_ = std::thread([this] { context_.emit(0, rows(3, 3)); });
        thread_.join();
        context_.forward(0, batch);
        break;
      case Does::kPosesAsSource: {
        penstock_kept state = PENSTOCK_KEPT_NEW;
        const penstock_source_message message = source_message("t", "made up", 0);
        const bool took = context_.append({&message, 1}) > 0 ||
                          context_.wait_for_space(std::chrono::nanoseconds(0)) ||
                          context_.keep("sessions", 100, state);
        context_.finished();
        context_.give_up("it posed as a source");
        if (took) throw std::runtime_error("it was taken for a source");
        context_.forward(0, batch);
        break;
      }
      case Does::kLeaks:
        // Through a variable that a compiler must not look through, or there would be no leak.
        for (int i = 0; i < 100; ++i) leaked_ = new char[1234];
        leaked_ = nullptr;
        context_.forward(0, batch);
        break;
      default: context_.emit(0, broken(batch.rows()));
    }
    return Outcome::done();
  }

  // Messages "x"; the last column may be shorter.
  static ArrowArray rows(int64_t count, int64_t last) {
    TextBuilder topic, payload;
    FixedBuilder<int64_t> received;
    for (int64_t i = 0; i < count; ++i) {
      topic.push("t");
      payload.push("x");
      if (i < last) received.push(1);
    }
    std::vector<ArrowArray> columns{topic.finish(), payload.finish(), received.finish()};
    return make_rows(count, std::move(columns));
  }
  ArrowArray broken(int64_t count) {
    ArrowArray array = rows(count, options_.does == Does::kShortColumn ? count - 1 : count);
    ArrowArray& topic = *array.children[0];
    auto* offsets = static_cast<int32_t*>(const_cast<void*>(topic.buffers[1]));
    switch (options_.does) {
      case Does::kNoColumns: array.n_children = 1; break;
      case Does::kFallingOffsets: offsets[count / 2] = 1'000'000'000; break;
      case Does::kWrongText: std::memset(const_cast<void*>(topic.buffers[2]), 0xFF, 1); break;
      case Does::kWrongNulls: topic.null_count = count; break;
      case Does::kReleased: array.release(&array); break;
      default: break;
    }
    return array;
  }

  static inline char* volatile leaked_ = nullptr;

  const Options options_;
  Context& context_;
  std::vector<HeldBatch> held_;
  std::atomic<bool> stop_ = false;
  std::thread thread_;
};

PENSTOCK_PLUGIN("hostile", transform<Hostile>())
