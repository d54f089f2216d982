// Reads the materials to mint, and the broker's listeners.
#include <algorithm>

#include "harness/plan/read_plan.h"
#include "harness/plan/words.h"
#include "harness/util/parse_number.h"

namespace mqtts::plan {
namespace {

void read_accounts(const json::ObjectReader& fields, MaterialsSpec& materials) {
  auto& context = fields.context();
  for (const auto& [name, at, node] : fields.members("accounts")) {
    const auto password = json::read_text(context, node, name);
    if (password && password->empty())
      context.fault(node, msg("\"{key}\" must not be empty", {{"key", json::shown(name)}}));
    if (!json::check_name(context, at, name) || !password) continue;
    materials.accounts.emplace(name, *password);
    if (*password == "${random}") materials.random_accounts.insert(name);
  }
}

// Returns true for a whole number in range, or one of the ports that only the target knows.
bool is_port(const std::string& text) {
  if (std::ranges::find(listener_ports(), text) != listener_ports().end()) return true;
  const auto number = number_in<std::int64_t>(text);
  return number && json::port_range.least <= *number && *number <= json::port_range.most;
}

std::string read_port(const json::ObjectReader& fields) {
  const auto* node = fields.need("port");
  if (node == nullptr) return {};
  const auto* number = node->as<std::int64_t>();
  auto port = number != nullptr ? std::to_string(*number) : fields.text("port");
  if (!port.empty() && !is_port(port))
    fields.context().fault(
        *node, msg("\"{port}\" is no port: it must be a whole number from 1 to 65535", {{"port", json::shown(port)}}));
  return port;
}

std::string read_path(const json::ObjectReader& listener, bool is_websocket) {
  auto path = listener.text("path");
  const auto is_sound = path.starts_with('/') && path.find_first_of(" \t?#") == std::string::npos;
  auto& context = listener.context();
  const auto& node = *listener.find("path");
  if (!path.empty() && !is_sound)
    context.fault(node,
                  msg("\"{path}\" is no path of a WebSocket: it begins with \"/\" and has no blanks, \"?\" or \"#\"",
                      {{"path", json::shown(path)}}));
  if (!is_websocket) context.fault(node, msg("only a listener with \"websocket\": true has a \"path\""));
  return path;
}

}  // namespace

MaterialsSpec read_materials(const json::ObjectReader& plan) {
  MaterialsSpec materials;
  const auto* node = plan.find("materials");
  if (node == nullptr) return materials;
  const json::ObjectReader fields(plan.context(), *node, "materials", {"authorities", "certificates", "accounts"});
  read_authorities(fields, materials);
  read_certificates(fields, materials);
  read_accounts(fields, materials);
  return materials;
}

std::map<std::string, ListenerSpec> read_listeners(const json::ObjectReader& plan) {
  std::map<std::string, ListenerSpec> listeners;
  auto& context = plan.context();
  for (const auto& [name, at, node] : plan.members("listeners")) {
    const json::ObjectReader source(context, node, name, {"port", "tls", "websocket", "path"});
    if (!json::check_name(context, at, name) || !source.is_object()) continue;
    auto port = read_port(source);
    const bool otherwise = source.find("tls") != nullptr;  // present but invalid: already reported
    ListenerSpec spec{std::move(port), source.flag("tls", otherwise), source.flag("websocket", false)};
    if (source.find("path") != nullptr) spec.path = read_path(source, spec.websocket);
    listeners.emplace(name, std::move(spec));
  }
  return listeners;
}

}  // namespace mqtts::plan
