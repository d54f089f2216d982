#include "harness/pki/key_generator.h"

#include <algorithm>
#include <utility>

#include "harness/pki/material_files.h"
#include "harness/pki/mint.h"
#include "harness/pki/pem.h"

namespace mqtts::pki {
namespace {

bool is_rsa(KeyType type) {
  return type == KeyType::rsa_1024 || type == KeyType::rsa_2048 || type == KeyType::rsa_4096;
}

}  // namespace

KeyGenerator::KeyGenerator(std::string folder, const std::vector<KeyRequest>& orders) : folder_(std::move(folder)) {
  for (const auto& order : orders) {
    if (order.type == KeyType::ec_p256 && !order.seed.empty()) {
      keep(order.name, make_key_from(order.seed));
      continue;
    }
    open_.push_back(order);
    if (!is_rsa(order.type)) {
      to_begin_.push_front(order.type);
    } else {
      to_begin_.push_back(order.type);
    }
  }
  const auto cores = std::max<std::size_t>(1, std::thread::hardware_concurrency());
  const auto threads = std::min(cores, open_.size());
  for (std::size_t i = 0; i < threads; ++i) workers_.emplace_back([this] { work(); });
}

// `workers_`, the first member to be destroyed, joins the threads.
KeyGenerator::~KeyGenerator() { stop_.request_stop(); }

Result<Pem> KeyGenerator::key(const std::string& name) {
  std::unique_lock lock(mutex_);
  const auto order = std::ranges::find(open_, name, &KeyRequest::name);
  if (order != open_.end()) std::rotate(open_.begin(), order, order + 1);
  ready_.wait(lock, [&] { return keys_.contains(name); });
  return keys_.at(name);
}

double KeyGenerator::seconds() const {
  const std::lock_guard lock(mutex_);
  return seconds_;
}

void KeyGenerator::keep(const std::string& name, const Result<KeyPtr>& key) {
  keys_.emplace(name, key ? write_pem(folder_ + "/" + name + ".key", to_pem(**key)) : tl::unexpected(key.error()));
  seconds_ = seconds_since(start_);
}

void KeyGenerator::work() {
  std::unique_lock lock(mutex_);
  while (!to_begin_.empty() && !stop_.stop_requested()) {
    const auto type = to_begin_.front();
    to_begin_.pop_front();
    lock.unlock();
    const auto key = make_key(type, stop_.get_token());
    lock.lock();
    // Never end(): each key that was begun has an open order of its type.
    const auto order = std::ranges::find(open_, type, &KeyRequest::type);
    const auto name = order->name;
    open_.erase(order);
    keep(name, key);
    ready_.notify_all();
  }
}

}  // namespace mqtts::pki
