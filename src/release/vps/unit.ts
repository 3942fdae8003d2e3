import { MAIN, NODE } from './unpacked.ts'

/**
 * The systemd template unit of a release; one for all, since `%i` is the release. It belongs to the user, so no step
 * of a deploy needs root.
 * @param drainMs how long open replies may take to finish once it is stopped
 */
export function unitFile(folder: string, drainMs: number): string {
  const release = `${folder}/releases/%i`
  return `[Unit]
Description=Helix gateway, release %i
StartLimitIntervalSec=30
StartLimitBurst=3

[Service]
Type=exec
WorkingDirectory=${release}
Environment=NODE_ENV=production HELIX_RELEASE=%i
# What helix logs finds the lines of every release by.
SyslogIdentifier=helix
ExecStart=${release}/${NODE} ${release}/${MAIN} gateway start --socket ${folder}/run/%i.sock --data-dir ${folder}/shared/data
Restart=on-failure
RestartSec=1
# A gateway that was asked to end ends as a program that a signal ended.
SuccessExitStatus=143
TimeoutStopSec=${Math.ceil(drainMs / 1_000) + 30}
NoNewPrivileges=true
UMask=0077

[Install]
WantedBy=default.target
`
}
