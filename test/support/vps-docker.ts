/** What a booted machine is denied otherwise. */
export const MAY_HAVE_CONTAINERS = [
  '--capability=all',
  '--system-call-filter=@keyring',
  '--system-call-filter=bpf',
]

/** Starts Docker as its package would; a registry on `home` is spoken to without TLS. */
export function startDocker(home: string): string {
  return `set -e
for group in blkio cpu cpuacct cpuset devices freezer memory pids; do
  [ ! -d /sys/fs/cgroup/$group ] || mount -o remount,bind,rw /sys/fs/cgroup/$group
done
mkdir -p /etc/docker /run/docker-data
cat > /etc/docker/daemon.json <<'JSON'
{"data-root": "/run/docker-data", "storage-driver": "overlay2", "exec-opts": ["native.cgroupdriver=cgroupfs"],
 "insecure-registries": ["${home}:5000"], "default-ulimits": {"nofile": {"Name": "nofile", "Soft": 20000, "Hard": 20000}}}
JSON
usermod -aG docker deploy
rm /etc/systemd/system/docker.* /etc/systemd/system/containerd.service
systemctl daemon-reload
systemctl start docker`
}
