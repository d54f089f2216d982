#include "harness/brokers/mosquitto_lint.h"

#include <algorithm>
#include <array>
#include <set>
#include <sstream>
#include <tuple>

#include "harness/util/name_table.h"
#include "harness/util/parse_number.h"

namespace mqtts::brokers {
namespace {

using namespace std::string_view_literals;

constexpr std::array weights = {std::pair(Weight::info, "info"sv), std::pair(Weight::low, "low"sv),
                                std::pair(Weight::medium, "medium"sv), std::pair(Weight::high, "high"sv),
                                std::pair(Weight::critical, "critical"sv)};

// Options of 1.6 to 2.1 whose value is no secret, and is asked for here or on the host.
constexpr std::array told_options = {"acl_file"sv,
                                     "allow_anonymous"sv,
                                     "auth_opt_config_file"sv,
                                     "auth_plugin"sv,
                                     "bind_address"sv,
                                     "bind_interface"sv,
                                     "bridge_keyfile"sv,
                                     "cafile"sv,
                                     "capath"sv,
                                     "certfile"sv,
                                     "connection_messages"sv,
                                     "crlfile"sv,
                                     "global_plugin"sv,
                                     "include_dir"sv,
                                     "keyfile"sv,
                                     "listener"sv,
                                     "listener_allow_anonymous"sv,
                                     "log_dest"sv,
                                     "log_timestamp"sv,
                                     "log_type"sv,
                                     "password_file"sv,
                                     "per_listener_settings"sv,
                                     "plugin"sv,
                                     "plugin_load"sv,
                                     "plugin_opt_config_file"sv,
                                     "plugin_opt_password_file"sv,
                                     "port"sv,
                                     "protocol"sv,
                                     "psk_file"sv,
                                     "require_certificate"sv,
                                     "tls_version"sv,
                                     "use_identity_as_username"sv,
                                     "use_subject_as_username"sv,
                                     "user"sv};

// The others, without their value.
constexpr std::array known_options = {"accept_protocol_versions"sv,
                                      "address"sv,
                                      "addresses"sv,
                                      "allow_duplicate_messages"sv,
                                      "allow_zero_length_clientid"sv,
                                      "auth_opt_"sv,
                                      "auth_plugin_deny_special_chars"sv,
                                      "auto_id_prefix"sv,
                                      "autosave_interval"sv,
                                      "autosave_on_changes"sv,
                                      "bridge_"sv,
                                      "check_retain_source"sv,
                                      "ciphers"sv,
                                      "cleansession"sv,
                                      "clientid"sv,
                                      "connection"sv,
                                      "dhparamfile"sv,
                                      "disable_client_cert_date_checks"sv,
                                      "enable_control_api"sv,
                                      "global_"sv,
                                      "http_dir"sv,
                                      "idle_timeout"sv,
                                      "keepalive_interval"sv,
                                      "listener_"sv,
                                      "local_"sv,
                                      "log_facility"sv,
                                      "log_timestamp_format"sv,
                                      "max_"sv,
                                      "maximum_qos"sv,
                                      "memory_limit"sv,
                                      "message_size_limit"sv,
                                      "mount_point"sv,
                                      "notification"sv,
                                      "packet_"sv,
                                      "password"sv,
                                      "persist"sv,
                                      "pid_file"sv,
                                      "plugin_"sv,
                                      "proxy_protocol"sv,
                                      "psk_hint"sv,
                                      "queue_qos0_messages"sv,
                                      "remote_"sv,
                                      "restart_timeout"sv,
                                      "retain_"sv,
                                      "retained_persistence"sv,
                                      "retry_interval"sv,
                                      "round_robin"sv,
                                      "set_tcp_nodelay"sv,
                                      "socket_domain"sv,
                                      "start_type"sv,
                                      "store_clean_interval"sv,
                                      "sys_interval"sv,
                                      "threshold"sv,
                                      "tls_"sv,
                                      "topic"sv,
                                      "try_private"sv,
                                      "upgrade_outgoing_qos"sv,
                                      "use_username_as_clientid"sv,
                                      "username"sv,
                                      "websockets_"sv};

// Options that are about the listener that stands above them.
constexpr std::array options_of_listeners = {"cafile"sv,
                                             "capath"sv,
                                             "certfile"sv,
                                             "keyfile"sv,
                                             "crlfile"sv,
                                             "ciphers"sv,
                                             "psk_hint"sv,
                                             "protocol"sv,
                                             "tls_version"sv,
                                             "require_certificate"sv,
                                             "use_identity_as_username"sv,
                                             "use_subject_as_username"sv};

// Who gets in: everybody's options unless per_listener_settings is true.
constexpr std::array security_options = {"allow_anonymous"sv, "password_file"sv, "acl_file"sv, "psk_file"sv};

template <class Options>
bool is_among(std::string_view word, const Options& options) {
  return std::ranges::find(options, word) != options.end();
}

bool is_plugin(std::string_view word) {
  return word == "plugin" || word == "auth_plugin" || word == "global_plugin" || word == "plugin_load";
}

template <class Options>
std::string alternatives(const Options& options) {
  std::string all;
  for (const auto option : options) {
    all += (all.empty() ? "" : "|") + std::string(option);
    if (option.ends_with('_') || option == "ciphers" || option == "clientid" || option == "persist" ||
        option == "notification")
      all += "[^ ]*";
  }
  return all;
}

struct Setting {
  std::string value;
  std::string file;
  int line = 0;
};

using Settings = std::map<std::string, Setting, std::less<>>;

struct Listener {
  Setting opened;  // value: "8883 127.0.0.1"; file: empty for the default listener until it has an option
  Settings settings;
  std::optional<Setting> plugin;

  const Setting* find(std::string_view word) const {
    const auto found = settings.find(word);
    return found == settings.end() ? nullptr : &found->second;
  }
  bool is_true(std::string_view word) const {
    const auto* setting = find(word);
    return setting != nullptr && setting->value == "true";
  }
  bool has_tls() const { return find("certfile") != nullptr || find("psk_hint") != nullptr; }
};

bool is_loopback(const std::string& opened) {
  std::istringstream words(opened);
  std::string port, host;
  words >> port >> host;
  return port == "0" || host == "localhost" || host == "::1" || host.starts_with("127.");
}

class Reviewer {
 public:
  explicit Reviewer(const WrittenConfiguration& written) : written_(written) {}

  ConfigurationReview run() {
    if (!written_.files.empty()) read(written_.files.front(), 0);
    check_placement();
    check_anonymous();
    for (const auto& listener : listeners_) check_listener(listener);
    if (is_per_listener()) {
      for (const auto& listener : listeners_) check_rules(listener, listener.opened);
    } else {
      check_rules(global_, first_line_);
    }
    check_shared_keys();
    check_options();
    check_log();
    for (const auto& listener : listeners_)
      if (const auto port = leading_number<std::uint16_t>(listener.opened.value); listener.has_tls() && port != 0)
        review_.tls_ports.push_back(port);
    if (default_.has_tls())
      review_.tls_ports.push_back(default_.find("port") != nullptr
                                      ? leading_number<std::uint16_t>(default_.find("port")->value)
                                      : std::uint16_t{1883});
    std::ranges::stable_sort(review_.findings, {},
                             [this](const Finding& it) { return std::pair(rank_of(it.file), it.line); });
    return std::move(review_);
  }

 private:
  static constexpr int most_inclusions = 8;  // as broker_includes

  bool older_than(int major, int minor, int patch) const {
    const auto& version = written_.version;
    return version && std::tie(version->major, version->minor, version->patch) < std::tie(major, minor, patch);
  }
  bool is_at_least(int major, int minor, int patch) const {
    return written_.version && !older_than(major, minor, patch);
  }
  bool is_per_listener() const { return per_listener_ && per_listener_->value == "true"; }

  std::size_t rank_of(const std::string& file) const {
    const auto found = std::ranges::find(written_.files, file, &ConfigurationText::path);
    return static_cast<std::size_t>(found - written_.files.begin());
  }

  void add(std::string_view rule, Weight weight, const Setting& at, Message what, std::string fix) {
    review_.findings.push_back({rule, weight, at.file, at.line, std::move(what), std::move(fix)});
  }

  // ---- reading ---------------------------------------------------------------------------------------------------

  void read(const ConfigurationText& file, int depth) {
    // By number: the list of listeners grows. 0 is the default one.
    std::size_t current = 0;
    for (const auto& line : file.lines) {
      const Setting setting{line.value, file.path, line.number};
      if (first_line_.file.empty()) first_line_ = setting;
      if (line.word == "include_dir") {
        include(line.value, depth);
      } else if (line.word == "listener") {
        listeners_.push_back({.opened = setting, .settings = {}, .plugin = {}});
        current = listeners_.size();
      } else {
        read_setting(line.word, setting, current);
      }
    }
  }

  void include(const std::string& folder, int depth) {
    const auto prefix = folder.ends_with('/') ? folder : folder + "/";
    std::vector<const ConfigurationText*> parts;
    for (const auto& file : written_.files)
      if (file.path.starts_with(prefix) && file.path.find('/', prefix.size()) == std::string::npos)
        parts.push_back(&file);
    std::ranges::sort(parts, {}, &ConfigurationText::path);
    // The host tells one level, and so many folders.
    if (depth > 0 || ++included_ > most_inclusions) review_.is_complete = false;
    if (depth == 0)
      for (const auto* part : parts) read(*part, depth + 1);
  }

  void read_setting(const std::string& word, const Setting& setting, std::size_t current) {
    auto& listener = current == 0 ? default_ : listeners_[current - 1];
    all_.push_back({word, setting});
    if (word == "per_listener_settings") {
      per_listener_ = setting;
    } else if (is_plugin(word)) {
      (is_per_listener() ? listener : global_).plugin = setting;
    } else if (is_among(word, security_options)) {
      if (word == "allow_anonymous") anonymous_.push_back(setting);
      (is_per_listener() ? listener : global_).settings[word] = setting;
      if (is_per_listener() && current == 0) misplaced_security_.push_back({word, setting});
    } else {
      listener.settings[word] = setting;
      if (current == 0 && is_among(word, options_of_listeners)) of_default_.push_back({word, setting});
    }
  }

  // ---- where options stand ---------------------------------------------------------------------------------------

  void check_placement() {
    if (per_listener_) {
      const auto before = std::ranges::find_if(all_, [](const auto& each) {
        return is_among(each.first, security_options) || is_plugin(each.first) || each.first == "per_listener_settings";
      });
      if (before->first != "per_listener_settings" ||
          (!listeners_.empty() && comes_after(*per_listener_, listeners_.front().opened)))
        add("per-listener-settings-late", Weight::high, *per_listener_,
            msg("per_listener_settings stands after options that it changes: it must be the first line"),
            "per_listener_settings " + per_listener_->value);
    }
    for (const auto& [word, setting] : of_default_) {
      const std::map<std::string, std::string> args = {{"option", word}};
      const bool is_elsewhere = setting.file != written_.files.front().path;
      if (listeners_.empty()) continue;
      if (is_elsewhere)
        add("option-in-other-file", Weight::critical, setting,
            msg("{option} stands in an included file without a `listener` above it: it is about no listener of another "
                "file, which stays without it",
                args),
            "listener 8883");
      else
        add("option-before-listener", Weight::critical, setting,
            msg("{option} stands before the first `listener`: it is not about that listener, which stays without it",
                args),
            "listener 8883");
    }
    if (listeners_.empty() && !of_default_.empty()) {
      const auto& [word, setting] = of_default_.front();
      if (default_.find("port") == nullptr && default_.find("bind_address") == nullptr) {
        if (older_than(2, 0, 12))
          add("tls-without-listener", Weight::critical, setting,
              msg("{option} stands without a `listener`: this version then listens on port 1883 of every address",
                  {{"option", word}}),
              "listener 8883");
        else if (written_.version)
          add("tls-without-listener", Weight::low, setting,
              msg("{option} stands without a `listener`: the broker listens on port 1883 of the loopback address only",
                  {{"option", word}}),
              "listener 8883");
      }
    }
    for (const auto& [word, setting] : misplaced_security_)
      if (!listeners_.empty())
        add("security-before-listener", Weight::high, setting,
            msg("{option} stands before the first `listener` while per_listener_settings is true: it is not about that "
                "listener",
                {{"option", word}}),
            word + " " + setting.value);
  }

  // In the order in which Mosquitto reads them: `a` after `b`, of one file.
  static bool comes_after(const Setting& a, const Setting& b) { return a.file == b.file && a.line > b.line; }

  // ---- who gets in -----------------------------------------------------------------------------------------------

  void check_anonymous() {
    if (!is_per_listener()) {
      if (anonymous_.empty()) {
        if (older_than(2, 0, 0) && !global_.find("password_file") && !global_.plugin)
          add("anonymous-by-default", Weight::critical, first_line_,
              msg("nothing says allow_anonymous, and this version then lets everybody in"), "allow_anonymous false");
        return;
      }
      const auto& last = anonymous_.back();
      if (last.value != "true") return;
      const auto other = std::ranges::find_if(anonymous_, [](const Setting& it) { return it.value == "false"; });
      if (other != anonymous_.end())
        add("anonymous-last-wins", Weight::critical, last,
            msg("`allow_anonymous true` opens every listener: while per_listener_settings is false the last one "
                "counts, "
                "and line {line} of {file}, which says false, does not",
                {{"line", std::to_string(other->line)}, {"file", other->file}}),
            "allow_anonymous false");
      else if (!all_demand_certificates())
        add("anonymous-allowed", Weight::high, last, msg("clients without a name and password are let in"),
            "allow_anonymous false");
      return;
    }
    for (const auto& listener : listeners_)
      if (const auto* setting = listener.find("allow_anonymous");
          setting != nullptr && setting->value == "true" && !listener.is_true("require_certificate"))
        add("anonymous-allowed", Weight::high, *setting, msg("clients without a name and password are let in"),
            "allow_anonymous false");
  }

  bool all_demand_certificates() const {
    return !listeners_.empty() && std::ranges::all_of(listeners_, [](const Listener& it) {
      return it.has_tls() && it.is_true("require_certificate");
    });
  }

  void check_listener(const Listener& listener) {
    const std::map<std::string, std::string> args = {{"listener", listener.opened.value}};
    const auto* authorities = listener.find("cafile");
    if (authorities == nullptr) authorities = listener.find("capath");
    const bool alone = authorities != nullptr && !listener.has_tls();
    if (alone && !older_than(2, 0, 0))
      add("cafile-alone", Weight::critical, *authorities,
          msg("listener {listener} has a CA and no certificate of its own: it speaks clear text", args),
          "certfile /etc/mosquitto/certs/server.crt");
    if (!listener.has_tls() && !is_loopback(listener.opened.value) && !alone)
      add("plain-listener", Weight::high, listener.opened,
          std::ranges::any_of(listeners_, &Listener::has_tls)
              ? msg("listener {listener} speaks clear text on a public address, beside one with TLS", args)
              : msg("listener {listener} speaks clear text on a public address", args),
          "");
    if (listener.has_tls() && authorities != nullptr && !listener.is_true("require_certificate"))
      add("certificate-not-required", Weight::medium, *authorities,
          msg("listener {listener} has the CA of clients and does not ask them for a certificate", args),
          "require_certificate true");
    check_identity(listener);
    if (const auto* floor = listener.find("tls_version");
        floor != nullptr && (floor->value == "tlsv1" || floor->value == "tlsv1.0" || floor->value == "tlsv1.1"))
      add("tls-version-low", Weight::medium, *floor, msg("listener {listener} accepts TLS before 1.2", args),
          "tls_version tlsv1.2");
    if (listener.has_tls() && listener.find("certfile") != nullptr && listener.find("keyfile") == nullptr)
      add("key-missing", Weight::high, *listener.find("certfile"),
          msg("listener {listener} has a certificate and no key", args), "keyfile /etc/mosquitto/certs/server.key");
  }

  void check_identity(const Listener& listener) {
    const auto* identity = listener.is_true("use_identity_as_username")  ? listener.find("use_identity_as_username")
                           : listener.is_true("use_subject_as_username") ? listener.find("use_subject_as_username")
                                                                         : nullptr;
    if (identity == nullptr) return;
    const std::map<std::string, std::string> args = {{"listener", listener.opened.value}};
    if (!listener.is_true("require_certificate")) {
      if (listener.find("psk_hint") == nullptr)
        add("identity-without-certificate", Weight::high, *identity,
            msg("listener {listener} takes the name from a certificate that it does not ask for: nobody gets in", args),
            "require_certificate true");
      return;
    }
    const auto* passwords = (is_per_listener() ? listener : global_).find("password_file");
    if (passwords != nullptr)
      add("identity-skips-password", Weight::medium, *identity,
          msg("listener {listener} takes the name from the certificate, and then no password is checked", args), "");
  }

  void check_rules(const Listener& holder, const Setting& at) {
    const auto* rules = holder.find("acl_file");
    if (rules == nullptr) {
      if (!holder.plugin && !global_.plugin)
        add("no-rules", Weight::low, at, msg("there is no acl_file: every account reads and writes every topic"),
            "acl_file /etc/mosquitto/acl");
      return;
    }
    const auto found = written_.acl_rules.find(rules->value);
    if (found == written_.acl_rules.end() || found->second != 0) return;
    if (older_than(1, 5, 6))
      add("empty-rules", Weight::high, *rules,
          msg("{file} has no rule, and this version then allows everything", {{"file", rules->value}}), "");
    else
      add("empty-rules", Weight::low, *rules,
          msg("{file} has no rule: nobody may read or write anything", {{"file", rules->value}}), "");
  }

  void check_shared_keys() {
    const auto uses = [](const Listener& it) { return it.find("psk_hint") != nullptr; };
    const auto check = [&](const Setting* file, bool is_used) {
      if (file != nullptr && !is_used)
        add("psk-without-hint", Weight::high, *file,
            msg("psk_file is not used: no listener has a psk_hint, and so none has TLS by it"), "psk_hint mosquitto");
    };
    if (!is_per_listener())
      return check(global_.find("psk_file"), uses(default_) || std::ranges::any_of(listeners_, uses));
    for (const auto& listener : listeners_) check(listener.find("psk_file"), uses(listener));
  }

  // ---- options by version ----------------------------------------------------------------------------------------

  void check_options() {
    for (const auto& [word, setting] : all_) {
      const std::map<std::string, std::string> args = {{"option", word}};
      if (word == "?" && written_.version && older_than(2, 1, 0))
        add("unknown-option", Weight::medium, setting,
            msg("this is no option of the broker: it does not start with this line"), "");
      if (word == "user" && setting.value == "root")
        add("runs-as-root", Weight::high, setting, msg("the broker keeps the rights of root"), "user mosquitto");
      if ((word == "port" || word == "bind_address") && is_at_least(2, 0, 0))
        add("deprecated-option", Weight::info, setting, msg("{option} is deprecated since 2.0: use `listener`", args),
            "listener 8883");
      if (word == "auth_plugin" && is_at_least(2, 0, 0))
        add("deprecated-option", Weight::info, setting, msg("{option} is deprecated since 2.0: use `plugin`", args),
            "plugin " + setting.value);
      if ((word == "password_file" || word == "acl_file" || word == "per_listener_settings") && is_at_least(2, 1, 0))
        add("deprecated-option", Weight::info, setting,
            msg("{option} is deprecated since 2.1, and works until 3.0: use a plugin", args), "");
      if ((word == "retry_interval" || word == "store_clean_interval") && is_at_least(1, 5, 0))
        add("deprecated-option", Weight::info, setting, msg("{option} has no effect any more", args), "");
    }
  }

  void check_log() {
    bool tells_connections = true, has_types = false, has_notices = false, has_place = true;
    for (const auto& [word, setting] : all_) {
      if (word == "connection_messages") tells_connections = setting.value != "false";
      if (word == "log_timestamp" && setting.value == "false") review_.logs_logins = false;
      if (word == "log_dest") has_place = setting.value != "none";
      if (word != "log_type") continue;
      has_types = true;
      if (setting.value == "notice" || setting.value == "all") has_notices = true;
      if (setting.value == "none") has_notices = false;
    }
    if (!tells_connections || !has_place || (has_types && !has_notices)) review_.logs_logins = false;
  }

  const WrittenConfiguration& written_;
  ConfigurationReview review_;
  Listener default_;
  Listener global_;
  std::vector<Listener> listeners_;
  std::optional<Setting> per_listener_;
  std::vector<Setting> anonymous_;  // in the order read
  using Said = std::pair<std::string, Setting>;
  std::vector<Said> all_;
  std::vector<Said> of_default_;          // options of a listener, above every `listener` of their file
  std::vector<Said> misplaced_security_;  // the same for who gets in, while per_listener_settings is true
  Setting first_line_;
  int included_ = 0;
};

}  // namespace

std::string_view to_string(Weight weight) { return name_of(weights, weight); }

const ConfigurationWords& mosquitto_words() {
  static const ConfigurationWords words = {alternatives(told_options), alternatives(known_options)};
  return words;
}

ConfigurationReview review_mosquitto(const WrittenConfiguration& written) { return Reviewer(written).run(); }

}  // namespace mqtts::brokers
