# POSIX sh, sent after configuration.sh. Prints what no two students' brokers should have in common, for parse_fingerprints.

# No hash leaves the host: only the digest of all of it, with its salt. Equal digests mean a copied hash.
fingerprints() {
  lines=$(parts | while read -r part; do text_of "$part"; done)
  broker_files accounts | while read -r file; do
    text_of "$file" | broker_password_hashes | head -n 40 | while read -r hash; do
      printf %s "$hash" | sha256sum
    done
  done | sed 's/^\([0-9a-f]*\).*/password-hash \1/'
  broker_files authorities | while read -r file; do
    echo authorities
    text_of "$file" | sed -n '/^-----BEGIN CERTIFICATE-----/,/^-----END CERTIFICATE-----/s/^/pem /p'
  done
}
fingerprints
