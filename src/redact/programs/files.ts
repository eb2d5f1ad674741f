/** Archives, encryption, accounts, and whatever asks for a password on the machine itself. */
import type { Program } from "./program.ts";

/** Their entries. */
export const files: readonly Program[] = [
  { names: "zip unzip zipcloak", value: "-P", bundles: true },
  { names: "7z 7za 7zr 7zz 7zzs p7zip", glued: "-p" },
  { names: "rar unrar", glued: "-hp -p" },
  { names: "unar lsar", value: "-p" },
  {
    names: "openssl",
    next: "-k -K -hmac -psk -pass -passin -passout -passcerts -srppass -proxy_pass -iv_secret -macopt -sigopt_pass",
    harmless: "-macopt",
  },
  { names: "openssl", sub: "ca", next: "-key" },
  { names: "openssl", sub: "passwd", places: ["passwd #..."], takes: "-salt -in", stdin: "-stdin" },
  { names: "openssl", sub: "enc|rsa|pkcs12|req|genrsa|pkey|pkcs8", stdin: "stdin" },
  {
    names: "keytool jarsigner apksigner",
    next: "-storepass -keypass -srcstorepass -deststorepass -srckeypass -destkeypass -new --ks-pass --key-pass -sigfilepass",
  },
  { names: "securityadmin.sh", next: "-kspass -tspass -keypass" },
  {
    names: "gpg gpg2 gpgsm gpg-preset-passphrase",
    next: "--passphrase -P",
    stdin: "--passphrase-fd",
    harmless:
      "--recv-keys --recv-key --receive-keys --list-secret-keys --export-secret-keys --export-secret-subkeys --delete-secret-keys --delete-secret-key --edit-key --sign-key --lsign-key --default-key --list-keys --delete-keys --delete-key --send-keys --export-ssh-key --quick-sign-key --quick-add-key",
  },
  { names: "age rage minisign signify", stdin: "-d" },
  { names: "veracrypt truecrypt", value: "-p", stdin: "--stdin" },
  { names: "cryptsetup cryptroot luksipc", stdin: "*" },
  { names: "zfs zpool", stdin: "load-key|create" },
  { names: "encfs gocryptfs cryfs", stdin: "*" },
  { names: "htpasswd", needs: "b", places: ["_ _ #", "_ #"], bundles: true },
  { names: "htdigest", stdin: "*" },
  { names: "mkpasswd grub-mkpasswd-pbkdf2 argon2", places: ["#"], takes: "-m -S -R -P --method --salt --rounds", stdin: "*" },
  { names: "chpasswd chgpasswd newusers", stdin: "*", stdinPair: true },
  { names: "passwd", stdin: "*" },
  { names: "useradd usermod groupadd groupmod adduser", value: "-p --password" },
  { names: "pw", stdin: "-h" },
  { names: "sudo doas", stdin: "-S|--stdin" },
  { names: "su", stdin: "*" },
  { names: "saslpasswd2 postmap", stdin: "-p" },
  { names: "smbpasswd pdbedit", stdin: "*" },
  { names: "oathtool", places: ["#"], takes: "-w -s -N -d -c" },
];
