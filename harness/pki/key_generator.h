// Makes keys in the background, in the order in which they are wanted.
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
  std::string seed = {};  // what a P-256 key is made from; empty, or another type: at random
};

// Keys from a seed are made at construction. The others begin then, with one thread a core, and puts each key into
// `folder` as <name>.key. P-256 keys come first, since they hold nobody up. How long an RSA key takes is luck, and keys
// of one type are alike: each that gets ready goes to the order that is most urgent just then, which is one that
// somebody waits for, or else the first of those given. No thread waits for another key, so no order can lock up. The
// destructor abandons what is not ready within some 20 ms.
class KeyGenerator {
 public:
  KeyGenerator(std::string folder, const std::vector<KeyRequest>& orders);
  ~KeyGenerator();
  KeyGenerator(const KeyGenerator&) = delete;
  KeyGenerator& operator=(const KeyGenerator&) = delete;

  // The key of an order; waits until it is ready. Safe from any thread.
  Result<Pem> key(const std::string& name);

  // From construction until the latest key that is ready; zero if none is.
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
