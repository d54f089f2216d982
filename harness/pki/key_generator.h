// Makes keys in the background, the most urgent first.
#pragma once

#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "harness/model/materials.h"
#include "harness/model/plan.h"
#include "harness/util/deadline.h"
#include "harness/util/error.h"
#include "harness/util/openssl.h"

namespace mqtts::pki {

struct KeyRequest {
  std::string name;  // also a file name
  KeyType type{};
  std::string seed = {};  // source of a P-256 key; empty, or another type: random
};

// Keys from a seed are made at construction. The others start then, with one thread per core; each key is written to
// `folder` as <name>.key. Keys that are no RSA come first, since they delay nothing. The time for an RSA key is random,
// and keys of one type are interchangeable: each finished key goes to the order that is most urgent at that moment,
// which is one with a waiting caller, or else the first of those given. No thread waits for another key, so no deadlock
// is possible. The destructor abandons unfinished keys within some 20 ms.
class KeyGenerator {
 public:
  KeyGenerator(std::string folder, const std::vector<KeyRequest>& orders);
  ~KeyGenerator();
  KeyGenerator(const KeyGenerator&) = delete;
  KeyGenerator& operator=(const KeyGenerator&) = delete;

  // Returns the key of an order; waits until it is ready. Safe from any thread.
  Result<Pem> key(const std::string& name);

  // Returns the time from construction to the latest key that is ready; zero if none is.
  double seconds() const;

 private:
  void work();
  void keep(const std::string& name, const Result<KeyPtr>& key);

  const std::string folder_;
  const Clock::time_point start_ = Clock::now();
  mutable std::mutex mutex_;
  std::condition_variable ready_;
  std::deque<KeyType> to_begin_;
  std::vector<KeyRequest> open_;             // without a key, the most urgent first
  std::map<std::string, Result<Pem>> keys_;  // ready, or failed
  double seconds_ = 0;
  std::stop_source stop_;
  std::vector<std::jthread> workers_;
};

}  // namespace mqtts::pki
