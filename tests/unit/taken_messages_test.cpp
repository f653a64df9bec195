#include "taken_messages.hpp"

#include <algorithm>
#include <memory>
#include <vector>
#include "catch.hpp"

using namespace mqtt_source;

namespace {

Publish message_of(uint8_t qos, bool dup) {
  return {"topic", "payload with some length", 7, qos, dup};
}

// A broker that uses the identifiers from 1 to `round` again and again, and answers a PINGREQ.
void count_up(TakenMessages& taken, int messages, uint16_t round, uint64_t& position) {
  for (int i = 0; i < messages; ++i) {
    const auto id = static_cast<uint16_t>(position % round + 1);
    taken.order().took(id, false);
    taken.take({"topic", "payload with some length", id, 1, false}, ++position);
    taken.acknowledging(position);
    if (taken.order().wants_proof()) {
      taken.order().asked();
      taken.order().answered();
    }
  }
}

// Whether the message of this identifier that was sent last is known when it comes with DUP.
bool knows(const TakenMessages& taken, uint16_t id) {
  Publish again = message_of(1, true);
  again.id = id;
  return taken.first_of(again).has_value();
}

}  // namespace

TEST_CASE("QoS 1: what the broker cannot have seen acknowledged is a repetition") {
  TakenMessages taken;
  taken.begin_connection();
  const Publish first = message_of(1, false), again = message_of(1, true);
  CHECK_FALSE(taken.first_of(again));
  taken.take(first, 42);
  CHECK(taken.first_of(again)->position == 42);
  CHECK(taken.first_of(again)->here);
  CHECK_FALSE(taken.first_of(first));  // without DUP it is another one
  Publish other = again;
  other.payload = "payload with some lengtH";
  CHECK_FALSE(taken.first_of(other));
  taken.acknowledging(41);
  CHECK(taken.first_of(again));
  taken.acknowledging(42);
  CHECK_FALSE(taken.first_of(again));
}

TEST_CASE("QoS 1: over connections it must be known that the broker keeps identifiers") {
  for (const bool keeps : {false, true}) {
    TakenMessages taken;
    taken.begin_connection();
    uint64_t position = 0;
    count_up(taken, keeps ? 5000 : 4000, 65'535, position);
    taken.begin_connection();
    count_up(taken, 10, 65'535, position);
    CHECK(taken.order().keeps() == keeps);
    const auto id = static_cast<uint16_t>(position + 1);
    taken.take({"topic", "payload with some length", id, 1, false}, position + 1);
    CHECK(knows(taken, id));
    taken.begin_connection();
    CHECK(knows(taken, id) == keeps);
  }
}

TEST_CASE("QoS 1: a broker that begins with 1 on each connection has no repetitions") {
  TakenMessages taken;
  taken.begin_connection();
  uint64_t position = 0;
  count_up(taken, 10'000, 65'535, position);
  for (int connection = 0; connection < 10; ++connection) {
    taken.begin_connection();
    for (uint16_t id = 1; id < 11; ++id) {
      CHECK_FALSE(knows(taken, id));
      taken.order().took(id, true);
      taken.take({"topic", "payload with some length", id, 1, true}, ++position);
    }
    for (uint16_t id = 11; id < 6000; ++id) {
      taken.order().took(id, false);
      taken.take({"topic", "payload with some length", id, 1, false}, ++position);
      taken.acknowledging(position);
    }
    CHECK_FALSE(taken.order().keeps());
  }
}

TEST_CASE("QoS 1: what was acknowledged is a repetition where the broker counts identifiers up") {
  TakenMessages taken;
  taken.begin_connection();
  uint64_t position = 0;
  count_up(taken, 10'000, 65'535, position);
  CHECK(taken.order().counts_up());
  CHECK(knows(taken, 9'000));
  taken.begin_connection();
  CHECK_FALSE(knows(taken, 9'000));
  count_up(taken, 10, 65'535, position);
  for (int cut = 0; cut < 3; ++cut) taken.begin_connection();  // before anything came
  CHECK(knows(taken, 10'005));
  count_up(taken, 1, 65'535, position);
  CHECK(knows(taken, 10'005));
  taken.begin_connection();
  count_up(taken, 1, 65'535, position);
  CHECK_FALSE(knows(taken, 10'005));  // it would have come before
  CHECK(knows(taken, 10'011));
  taken.repeated({"topic", "payload with some length", 10'011, 1, true});
  CHECK(knows(taken, 10'011));
  count_up(taken, 40'000, 65'535, position);
  CHECK_FALSE(knows(taken, 10'011));
}

TEST_CASE("QoS 1: where identifiers are used again soon, what was acknowledged is no repetition") {
  for (const uint16_t round : {1, 20, 255}) {
    TakenMessages taken;
    taken.begin_connection();
    uint64_t position = 0;
    count_up(taken, 10'000, round, position);
    CHECK_FALSE(taken.order().counts_up());
    CHECK_FALSE(knows(taken, 1));
  }
}

TEST_CASE("QoS 1: where identifiers are used again after some, what may be a new message is one") {
  TakenMessages taken;
  taken.begin_connection();
  uint64_t position = 0;
  count_up(taken, 10'000, 1000, position);
  CHECK(taken.order().counts_up());
  CHECK_FALSE(knows(taken, 1));  // that of the next message
  CHECK(knows(taken, 1000));     // that of the last
}

TEST_CASE("QoS 1: a broker that has counted far has all identifiers, unless it was seen to turn") {
  const auto knows_first = [](uint16_t round, int messages) {
    TakenMessages taken;
    taken.begin_connection();
    uint64_t position = 0;
    count_up(taken, messages, round, position);
    return knows(taken, 1);
  };
  CHECK_FALSE(knows_first(65'535, 4000));
  CHECK(knows_first(65'535, 20'000));
  CHECK_FALSE(knows_first(65'535, 40'000));
  CHECK(knows_first(5000, 4900));  // not seen yet
  CHECK_FALSE(knows_first(5000, 9900));
}

TEST_CASE("a broker that was put back to an earlier state counts up anew") {
  IdentifierOrder order;
  const auto run = [&](uint16_t from, uint16_t to, bool is_answered) {
    for (uint16_t id = from; id < to; ++id) {
      order.took(id, false);
      if (order.wants_proof() && is_answered) {
        order.asked();
        order.answered();
      }
    }
  };
  run(1000, 1400, true);
  CHECK(order.counts_up());
  order.took(700, true);
  CHECK(order.counts_up());
  order.took(1200, false);
  CHECK_FALSE(order.counts_up());
  run(1201, 1900, false);
  CHECK_FALSE(order.counts_up());  // nothing proves that identifiers were free
  run(1900, 2000, true);
  CHECK(order.counts_up());
}

TEST_CASE("QoS 2: what the broker has not released is a repetition") {
  TakenMessages taken;
  taken.begin_connection();
  const Publish first = message_of(2, false), again = message_of(2, true);
  taken.take(first, 42);
  taken.acknowledging(42);
  CHECK(taken.first_of(first));  // on the same connection, also without DUP
  CHECK(taken.first_of(again)->position == 42);
  taken.begin_connection();
  CHECK(taken.first_of(again));
  CHECK_FALSE(taken.first_of(first));
  Publish other = again;
  other.topic = "topiC";
  CHECK_FALSE(taken.first_of(other));
  taken.release(7);
  CHECK_FALSE(taken.first_of(again));
}

TEST_CASE("QoS 2: what was released is a repetition where the broker counts identifiers up") {
  TakenMessages taken;
  const auto message = [](uint16_t id, bool dup) {
    return Publish{"topic", "payload with some length", id, 2, dup};
  };
  taken.begin_connection();
  uint64_t position = 0;
  const auto take_further = [&](int messages) {
    for (int i = 0; i < messages; ++i) {
      const auto id = static_cast<uint16_t>(++position);
      taken.order().took(id, false);
      taken.take(message(id, false), position);
      taken.acknowledging(position);
    }
  };
  take_further(5000);
  taken.release(5000);
  CHECK_FALSE(taken.first_of(message(5000, true)));
  taken.order().asked();
  taken.order().answered();
  take_further(100);
  taken.release(5050);
  taken.begin_connection();
  CHECK_FALSE(
      taken.first_of(message(5050, true)));  // its numbers may begin anew on each connection
  take_further(1);
  CHECK(taken.first_of(message(5050, true)));
  taken.begin_connection();
  taken.release(5060);  // once more
  take_further(1);
  CHECK_FALSE(taken.first_of(message(5050, true)));  // it would have come before
  CHECK(taken.first_of(message(5060, true)));
  CHECK_FALSE(taken.first_of(message(5060, false)));
  taken.repeated(message(5060, true));
  CHECK(taken.first_of(message(5060, false)));  // it is unreleased again
}

TEST_CASE("another session knows nothing of what was taken") {
  TakenMessages taken;
  taken.take(message_of(2, false), 42);
  taken.acknowledging(42);
  taken.forget();
  CHECK_FALSE(taken.first_of(message_of(2, true)));
  CHECK(taken.acknowledged() == 0);
}

TEST_CASE("what was taken is known to the next process, as far as the intake has it") {
  std::vector<uint64_t> memory(TakenMessages::kBytes / sizeof(uint64_t));
  const auto resumed = [&](bool fits, uint64_t session, uint64_t next_position) {
    auto taken = std::make_unique<TakenMessages>();
    taken->resume(memory.data(), fits, session, next_position);
    taken->begin_connection();
    return taken;
  };
  const auto take = [&] {
    std::fill(memory.begin(), memory.end(), 0);
    const auto taken = resumed(true, 1, 0);
    taken->take(message_of(2, false), 42);
    taken->acknowledging(41);
  };
  take();
  CHECK(resumed(true, 1, 42)->first_of(message_of(2, true)));
  CHECK(resumed(true, 1, 42)->acknowledged() == 41);
  CHECK_FALSE(resumed(true, 1, 41)->first_of(message_of(2, true)));  // it was not appended
  take();
  CHECK_FALSE(resumed(true, 2, 42)->first_of(message_of(2, true)));  // another client
  take();
  CHECK_FALSE(resumed(false, 1, 42)->first_of(message_of(2, true)));
}
