// Reads the files that a stage puts on the broker's host.

#include "harness/plan/read_plan.h"
#include "harness/util/parse_number.h"

namespace mqtts::plan {
namespace {

int read_mode(const json::ObjectReader& fields, int otherwise) {
  const auto text = fields.optional_text("mode");
  if (!text) return otherwise;
  const auto mode = number_in<int>(*text, 8);
  if (mode && (text->size() == 3 || text->size() == 4) && 0 < *mode && *mode <= 0777) return *mode;
  if (!text->empty())
    fields.context().fault(*fields.find("mode"), msg("\"{mode}\" is no file mode: one is written as \"0600\"",
                                                     {{"mode", json::shown(*text)}}));
  return otherwise;
}

// Reads the authority or certificate that `key` of a file names.
std::string read_material(const json::ObjectReader& file, std::string_view key, const MaterialsSpec& materials) {
  auto name = file.text(key);
  if (name.empty() || materials.authorities.contains(name) || materials.certificates.contains(name)) return name;
  auto known = json::keys_of(materials.authorities);
  for (const auto& [certificate, spec] : materials.certificates) known.push_back(certificate);
  file.context().fault(*file.find(key), msg("there is no authority or certificate \"{name}\"; known: {known}",
                                            json::unknown(name, known)));
  return name;
}

constexpr json::Range list_days_range{-36500, 36500};

void read_revocation_list(const json::ObjectReader& fields, const MaterialsSpec& materials, FileSpec& file) {
  auto& context = fields.context();
  file.content = FileContent::revocation_list;
  file.material = fields.text("crl");
  file.list_days = static_cast<int>(fields.integer("crl_days", list_days_range, file.list_days));
  if (file.list_days == 0) context.fault(*fields.find("crl_days"), msg("\"crl_days\" must not be 0"));
  const auto authority = materials.authorities.find(file.material);
  if (file.material.empty()) return;
  if (authority == materials.authorities.end())
    context.fault(*fields.find("crl"), msg("there is no authority \"{name}\"; known: {known}",
                                           json::unknown(file.material, json::keys_of(materials.authorities))));
  else if (!authority->second.files.certificate.empty() && authority->second.files.key.empty())
    context.fault(*fields.find("crl"),
                  msg("\"{name}\" has no key to sign with: give its \"key_file\"", {{"name", file.material}}));
}

std::vector<std::string> read_file_accounts(const json::ObjectReader& file, const MaterialsSpec& materials) {
  for (const auto& [node, name] : file.texts_at("accounts"))
    if (!materials.accounts.contains(name))
      file.context().fault(*node, msg("there is no account \"{name}\"; known: {known}",
                                      json::unknown(name, json::keys_of(materials.accounts))));
  return file.texts("accounts");
}

FileSpec read_file_spec(const json::ObjectReader& fields, const MaterialsSpec& materials) {
  constexpr int readable = 0644;
  constexpr int secret = 0600;
  auto& context = fields.context();
  FileSpec file;
  file.path = fields.text("path");
  if (!file.path.empty() && !file.path.starts_with("/") && !file.path.starts_with("${host."))
    context.fault(*fields.find("path"), msg("\"{path}\" is no absolute path: it must begin with \"/\" or with the "
                                            "target's folders",
                                            {{"path", json::shown(file.path)}}));
  file.owner = fields.optional_text("owner").value_or("");

  int contents = 0;
  for (const auto* key : {"certificate", "private_key", "accounts", "access_rules", "crl", "text"})
    contents += fields.find(key) ? 1 : 0;
  if (contents != 1)
    context.fault(fields.node(), msg("a file must have exactly one of \"certificate\", \"private_key\", \"accounts\", "
                                     "\"access_rules\", \"crl\" and \"text\""));
  if (const auto* node = fields.find("crl_days"); node != nullptr && fields.find("crl") == nullptr)
    context.fault(*node, msg("\"crl_days\" is of no use without \"crl\""));
  if (fields.find("certificate") != nullptr) {
    file.material = read_material(fields, "certificate", materials);
    file.content =
        materials.authorities.contains(file.material) ? FileContent::authority_certificate : FileContent::certificate;
  } else if (fields.find("private_key") != nullptr) {
    file.material = read_material(fields, "private_key", materials);
    file.content = FileContent::private_key;
  } else if (fields.find("accounts") != nullptr) {
    file.accounts = read_file_accounts(fields, materials);
    file.content = FileContent::password_file;
  } else if (fields.find("access_rules") != nullptr) {
    file.rules = read_access_rules(fields, "access_rules", materials);
    file.content = FileContent::access_rules;
  } else if (fields.find("crl") != nullptr) {
    read_revocation_list(fields, materials, file);
  } else if (const auto* node = fields.find("text")) {
    file.text = json::read_text(context, *node, "text", json::Lines::many).value_or("");
    file.content = FileContent::text;
  }
  const bool is_secret = file.content == FileContent::private_key || file.content == FileContent::password_file ||
                         file.content == FileContent::access_rules;
  file.mode = read_mode(fields, is_secret ? secret : readable);
  return file;
}

}  // namespace

std::vector<FileSpec> read_files(const json::ObjectReader& stage, const MaterialsSpec& materials) {
  std::vector<FileSpec> files;
  for (const auto& node : stage.elements("files")) {
    const json::ObjectReader source(
        stage.context(), node, "files",
        {"path", "certificate", "private_key", "accounts", "access_rules", "crl", "crl_days", "text", "mode", "owner"});
    if (source.is_object()) files.push_back(read_file_spec(source, materials));
  }
  return files;
}

}  // namespace mqtts::plan
