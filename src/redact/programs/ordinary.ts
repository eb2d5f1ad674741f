/** Programs that everybody runs and whose arguments hold no secret of their own: what they are given by name is no program to be started. */
export const ordinary = `
  echo printf scp sftp rcp grep egrep fgrep rg ag ack cat sed awk gawk tar rsync cp mv ln ls chown chmod chgrp mkdir rm rmdir touch vim vi nano emacs less
  more tail head sort uniq cut tr wc diff cmp tee stat file du df dd test install apt apt-get apt-cache dpkg yum dnf rpm zypper pacman apk snap
  flatpak brew systemctl journalctl loginctl machinectl hostnamectl timedatectl localectl resolvectl networkctl busctl coredumpctl bootctl portablectl udevadm service update-rc.d chkconfig ps pgrep pkill kill killall top htop atop iotop lsof fuser pmap pidstat vmstat
  iostat mpstat sar free uptime who w id whoami groups getent tcpdump nmap nc ncat netcat socat ping traceroute mtr ss netstat ip ifconfig
  iptables ip6tables nft ufw firewall-cmd make cmake ninja gcc g++ cc c++ clang clang++ ld ar go rustc javac git svn hg which whereis type
  locate basename dirname realpath readlink date sleep seq yes true false kubectl helm gzip gunzip bzip2 xz zstd pigz base64 md5sum sha256sum
  jq yq xmllint man info srun sbatch salloc squeue sinfo scancel qsub qstat bsub mdadm sshfs btop beadm lpoptions lp lpr pytest tsc eslint uwsgi puma
  lerna nx playwright hping3 mpirun mpiexec crontab at logger wall mesg login agetty getty sshd`;

/** Programs whose first argument is a sub-command. */
export const withSubCommands: ReadonlySet<string> = new Set(
  `git hg svn docker podman nerdctl buildah skopeo docker-compose kubectl oc helm kubeadm k3s vault bao consul nomad terraform tofu packer
   ansible-vault aws az gcloud gsutil doctl heroku fly flyctl gh glab vercel wrangler pulumi npm yarn pnpm bun npx pip pip3 poetry uv cargo go
   dotnet nuget mvn gradle rake bundle composer artisan systemctl journalctl service apt apt-get dnf yum zypper apk snap flatpak brew ip nmcli
   zfs zpool btrfs lvm cryptsetup openssl keytool restic borg rclone mc minio etcdctl rabbitmqctl ipmitool samba-tool net realm virsh lxc
   incus machinectl loginctl tailscale cloudflared ngrok prometheus promtool grafana celery sidekiq rails redis-cli mysqladmin`
    .split(/\s+/)
    .filter((name) => name !== ""),
);
