#include "harness/wire/paho_client.h"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>

#include <MQTTAsync.h>

#include "harness/wire/certificates.h"
#include "harness/wire/client_profile.h"
#include "harness/wire/paho_materials.h"
#include "harness/wire/paho_runtime.h"
#include "harness/wire/paho_sockets.h"
#include "harness/wire/paho_traffic.h"

namespace mqtts::wire {
namespace {

constexpr std::size_t most_messages = 1'000;
constexpr std::size_t most_payload = 4'096;  // of one message, in bytes
constexpr std::size_t most_words = 2'000;
// Pauses between wakes of Paho: a TCP connect on loopback takes far less than the first, over a network up to the last.
constexpr int first_failure_of_suback = 0x80;
// Once a connection has ended, Paho fails what is asked of it a moment before it says how the connection ended.
constexpr auto time_to_say_how = std::chrono::seconds(1);
constexpr auto first_pause = std::chrono::microseconds(500);
constexpr auto last_pause = std::chrono::microseconds(50'000);

bool is_v5(const Client& client) { return client.mqtt == MqttVersion::v5_0; }

std::string uri_of(const Client& client) {
  const bool v6 = client.address.find(':') != std::string::npos;
  const std::string scheme = client.websocket ? (client.tls ? "wss://" : "ws://") : client.tls ? "ssl://" : "tcp://";
  return scheme + (v6 ? "[" + client.address + "]" : client.address) + ":" + std::to_string(client.port) +
         (client.websocket ? client.websocket_path : "");
}

const char* words_or_empty(const char* detail) { return detail != nullptr ? detail : ""; }

}  // namespace

struct PahoClient::State {
  State(Client for_client, TlsOffer offered)
      : client(std::move(for_client)), offer(offered), profile(client_profile_of(client, "paho")) {}
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() { MQTTAsync_destroy(&handle); }

  struct Message {
    std::string payload;
    bool retained = false;
  };

  const Client client;
  const TlsOffer offer;
  const ClientProfile profile;
  std::mutex mutex;  // guards the members below; never held during a call of Paho
  std::condition_variable changed;
  std::optional<PahoAnswer> answer;  // to the current operation
  std::optional<PahoAnswer> end;     // of the connection, or by the deadline: nothing can follow
  std::deque<Message> messages;
  bool has_dropped = false;
  std::string tls_words;       // OpenSSL's, through Paho
  MQTTAsync handle = nullptr;  // destroyed first: then no callback can come any more

  // Side of the callbacks.
  static State& of(void* context) { return *static_cast<State*>(context); }
  void finish(PahoAnswer given);
  void finish_failed(int code, const char* message);
  void finish_connection(PahoAnswer given);

  static void on_success(void* context, MQTTAsync_successData*) { of(context).finish({PahoOutcome::done}); }
  // Of codes of failure Paho knows MQTT 3.1.1's 0x80 alone; ejabberd says MQTT 5's, too.
  static void on_subscribed(void* context, MQTTAsync_successData* data) {
    if (data == nullptr || data->alt.qos < first_failure_of_suback) return on_success(context, data);
    of(context).finish_failed(data->alt.qos, nullptr);
  }
  static void on_success5(void* context, MQTTAsync_successData5*) { of(context).finish({PahoOutcome::done}); }
  static void on_failure(void* context, MQTTAsync_failureData* data) {
    of(context).finish_failed(data != nullptr ? data->code : MQTTASYNC_FAILURE,
                              data != nullptr ? data->message : nullptr);
  }
  // The code of a failed connect is in `code`, of a failed subscribe or publish in `reasonCode`, and the other one is 0
  // or below. `packet_type` is garbage after a failed publish.
  static void on_failure5(void* context, MQTTAsync_failureData5* data) {
    if (data == nullptr) return of(context).finish_failed(MQTTASYNC_FAILURE, nullptr);
    of(context).finish_failed(data->reasonCode > 0 ? static_cast<int>(data->reasonCode) : data->code, data->message);
  }
  static void on_lost(void* context, char*) {
    of(context).finish_connection({PahoOutcome::failed, 0, "connection lost"});
  }
  static void on_disconnect(void* context, MQTTProperties*, MQTTReasonCodes code) {
    of(context).finish_connection({PahoOutcome::refused, static_cast<int>(code), "DISCONNECT"});
  }
  static int on_message(void* context, char* topic, int, MQTTAsync_message* message);
  static int on_tls_words(const char* detail, std::size_t size, void* context);

  // Side of the caller.
  // Waits until `is_done`, the connection's end or the deadline; keeps Paho awake meanwhile.
  template <class IsDone>
  void wait_until(const IsDone& is_done, std::unique_lock<std::mutex>& lock, const Deadline& deadline);
  PahoAnswer wait(const Deadline& deadline);
  template <class Start>
  PahoAnswer operate(const Start& start, const Deadline& deadline);
  template <class Start>
  PahoAnswer request(const Start& start, const Deadline& deadline);
  MQTTAsync_responseOptions response_options();
};

void PahoClient::State::finish(PahoAnswer given) {
  const std::lock_guard lock(mutex);
  if (!answer) answer = std::move(given);
  changed.notify_all();
}

void PahoClient::State::finish_failed(int code, const char* message) {
  if (code > 0) return finish({PahoOutcome::refused, code, words_or_empty(message)});
  std::string detail = message != nullptr ? message : words_or_empty(MQTTAsync_strerror(code));
  {
    const std::lock_guard lock(mutex);
    if (!tls_words.empty()) detail += ": " + tls_words;
  }
  finish({PahoOutcome::failed, code, std::move(detail)});
}

void PahoClient::State::finish_connection(PahoAnswer given) {
  const std::lock_guard lock(mutex);
  if (!end) end = std::move(given);
  changed.notify_all();
}

int PahoClient::State::on_message(void* context, char* topic, int, MQTTAsync_message* message) {
  auto& state = of(context);
  {
    const std::lock_guard lock(state.mutex);
    if (state.messages.size() < most_messages)
      state.messages.push_back({std::string(static_cast<const char*>(message->payload),
                                            std::min(most_payload, static_cast<std::size_t>(message->payloadlen))),
                                message->retained != 0});
    else
      state.has_dropped = true;
    state.changed.notify_all();
  }
  MQTTAsync_freeMessage(&message);
  MQTTAsync_free(topic);
  return 1;  // taken
}

int PahoClient::State::on_tls_words(const char* detail, std::size_t size, void* context) {
  auto& state = of(context);
  const std::lock_guard lock(state.mutex);
  if (state.tls_words.size() < most_words) state.tls_words.append(detail, size);
  while (!state.tls_words.empty() && state.tls_words.back() == '\n') state.tls_words.pop_back();
  return 1;  // go on
}

template <class IsDone>
void PahoClient::State::wait_until(const IsDone& is_done, std::unique_lock<std::mutex>& lock,
                                   const Deadline& deadline) {
  auto pause = first_pause;
  while (!is_done() && !end && !deadline.passed()) {
    changed.wait_for(lock, std::min<Clock::duration>(pause, deadline.slice()));
    pause = std::min(2 * pause, last_pause);
    wake_paho();
  }
}

PahoAnswer PahoClient::State::wait(const Deadline& deadline) {
  std::unique_lock lock(mutex);
  wait_until([this] { return answer.has_value(); }, lock, deadline);
  if (!answer && !end) end = PahoAnswer{PahoOutcome::timed_out, 0, "no answer in time"};
  return answer ? *answer : *end;
}

template <class Start>
PahoAnswer PahoClient::State::operate(const Start& start, const Deadline& deadline) {
  {
    const std::lock_guard lock(mutex);
    if (end) return *end;
    answer.reset();
  }
  if (const int code = start(); code != MQTTASYNC_SUCCESS)
    return {PahoOutcome::failed, code, words_or_empty(MQTTAsync_strerror(code))};
  return wait(deadline);
}

// Of a client that was connected.
template <class Start>
PahoAnswer PahoClient::State::request(const Start& start, const Deadline& deadline) {
  auto answer = operate(start, deadline);
  if (answer.outcome != PahoOutcome::failed) return answer;
  std::unique_lock lock(mutex);
  wait_until([] { return false; }, lock, deadline.within(time_to_say_how));
  return end ? *end : answer;
}

MQTTAsync_responseOptions PahoClient::State::response_options() {
  MQTTAsync_responseOptions options = MQTTAsync_responseOptions_initializer;
  options.context = this;
  if (is_v5(client)) {
    options.onSuccess5 = on_success5;
    options.onFailure5 = on_failure5;
  } else {
    options.onSuccess = on_success;
    options.onFailure = on_failure;
  }
  return options;
}

PahoClient::PahoClient(std::unique_ptr<State> state) : state_(std::move(state)) {}
PahoClient::~PahoClient() = default;

Result<std::unique_ptr<PahoClient>> PahoClient::make(const Client& client, TlsOffer offer) {
  if (auto prepared = prepare_paho(); !prepared) return tl::make_unexpected(prepared.error());
  auto state = std::make_unique<State>(client, offer);
  MQTTAsync_createOptions options = MQTTAsync_createOptions_initializer;
  options.MQTTVersion = is_v5(client) ? MQTTVERSION_5 : MQTTVERSION_3_1_1;
  const auto uri = uri_of(client);
  int code = MQTTAsync_createWithOptions(&state->handle, uri.c_str(), state->profile.client_id.c_str(),
                                         MQTTCLIENT_PERSISTENCE_NONE, nullptr, &options);
  if (code == MQTTASYNC_SUCCESS)
    code = MQTTAsync_setCallbacks(state->handle, state.get(), State::on_lost, State::on_message, nullptr);
  if (code == MQTTASYNC_SUCCESS && is_v5(client))
    code = MQTTAsync_setDisconnected(state->handle, state.get(), State::on_disconnect);
  if (code != MQTTASYNC_SUCCESS)
    return failure(ErrorKind::local, msg("Paho cannot make a client for {uri}", {{"uri", uri}}), {},
                   words_or_empty(MQTTAsync_strerror(code)));
  return std::unique_ptr<PahoClient>(new PahoClient(std::move(state)));
}

Result<PahoAnswer> PahoClient::connect(const Deadline& deadline) {
  auto& state = *state_;
  const auto& client = state.client;
  MQTTAsync_SSLOptions tls = MQTTAsync_SSLOptions_initializer;
  // By default Paho offers the system's ciphers, at its security level.
  if (state.offer == TlsOffer::everything) tls.enabledCipherSuites = all_ciphers;
  tls.enableServerCertAuth = client.trust ? 1 : 0;
  tls.verify = client.trust && paho_checks_name(client) ? 1 : 0;
  tls.disableDefaultTrustStore = 1;
  if (client.trust) tls.trustStore = client.trust->file.c_str();
  if (client.identity) {
    tls.keyStore = client.identity->certificate.file.c_str();
    tls.privateKey = client.identity->key.file.c_str();
  }
  hand_over_materials(client);
  if (client.tls && !is_ip_address(client.name)) say_server_name(client.address, client.port, client.name);
  tls.ssl_error_cb = State::on_tls_words;
  tls.ssl_error_context = &state;

  MQTTAsync_connectOptions options = MQTTAsync_connectOptions_initializer;
  if (client.websocket) options = MQTTAsync_connectOptions_initializer_ws;
  if (is_v5(client)) {
    options = MQTTAsync_connectOptions_initializer5;
    if (client.websocket) options = MQTTAsync_connectOptions_initializer5_ws;
    options.cleanstart = 1;
    options.onSuccess5 = State::on_success5;
    options.onFailure5 = State::on_failure5;
  } else {
    options.cleansession = 1;
    options.onSuccess = State::on_success;
    options.onFailure = State::on_failure;
  }
  options.keepAliveInterval = state.profile.keep_alive;
  // Without an explicit version Paho tries again with MQTT 3.1 after any failure.
  options.MQTTVersion = is_v5(client) ? MQTTVERSION_5 : MQTTVERSION_3_1_1;
  options.context = &state;
  if (client.tls) options.ssl = &tls;
  if (client.user_name) options.username = client.user_name->c_str();
  if (client.password) {
    options.binarypwd.data = client.password->data();
    options.binarypwd.len = static_cast<int>(client.password->size());
  }

  const AwaitedByRecord awaited(client, deadline);
  int refused_by_paho = MQTTASYNC_SUCCESS;
  auto answer = state.operate([&] { return refused_by_paho = MQTTAsync_connect(state.handle, &options); }, deadline);
  if (refused_by_paho != MQTTASYNC_SUCCESS)
    return failure(ErrorKind::local,
                   msg("Paho does not take what the client of {uri} is to say", {{"uri", uri_of(client)}}),
                   msg("A user name must be valid UTF-8"), std::move(answer.detail));
  return answer;
}

PahoAnswer PahoClient::subscribe(const std::string& filter, const Deadline& deadline, int qos) {
  auto options = state_->response_options();
  if (!is_v5(state_->client)) options.onSuccess = State::on_subscribed;
  return state_->request([&] { return MQTTAsync_subscribe(state_->handle, filter.c_str(), qos, &options); }, deadline);
}

PahoAnswer PahoClient::publish(const Publication& publication, const Deadline& deadline) {
  auto options = state_->response_options();
  auto payload = publication.payload;
  MQTTAsync_message message = MQTTAsync_message_initializer;
  message.payload = payload.data();
  message.payloadlen = static_cast<int>(payload.size());
  message.qos = publication.qos;
  message.retained = publication.retain ? 1 : 0;
  return state_->request(
      [&] { return MQTTAsync_sendMessage(state_->handle, publication.topic.c_str(), &message, &options); }, deadline);
}

std::optional<std::string> PahoClient::next_message(const Deadline& deadline, Retained retained) {
  auto& state = *state_;
  std::unique_lock lock(state.mutex);
  const auto drop_unwanted = [&] {
    const auto is_unwanted = [&](const State::Message& message) {
      return retained != Retained::take && message.retained != (retained == Retained::only);
    };
    while (!state.messages.empty() && is_unwanted(state.messages.front())) state.messages.pop_front();
  };
  state.wait_until(
      [&] {
        drop_unwanted();
        return !state.messages.empty();
      },
      lock, deadline);
  if (state.messages.empty()) return std::nullopt;
  auto oldest = std::move(state.messages.front().payload);
  state.messages.pop_front();
  return oldest;
}

std::optional<PahoAnswer> PahoClient::end() const {
  const std::lock_guard lock(state_->mutex);
  return state_->end;
}

bool PahoClient::has_dropped() const {
  const std::lock_guard lock(state_->mutex);
  return state_->has_dropped;
}

bool PahoClient::lost() const {
  const std::lock_guard lock(state_->mutex);
  return state_->end.has_value();
}

bool paho_checks_name(const Client& client) {
  return !client.any_server_name && client.name == client.address && client.address.find(':') == std::string::npos;
}

}  // namespace mqtts::wire
