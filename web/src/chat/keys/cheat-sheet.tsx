import type { Signal } from '@preact/signals'
import { useText } from '../../app.ts'
import { Dialog } from '../../ui/dialog.tsx'
import { Switch } from '../../ui/field.tsx'
import css from './cheat-sheet.module.css'

type Names = ReturnType<typeof useText>['chat']['keys']['names']

/** All shortcuts, and whether single keys count. */
export function CheatSheet({ single, onClose }: { single: Signal<boolean>; onClose: () => void }) {
  const { chat, common } = useText()
  const { keys } = chat
  return (
    <Dialog title={keys.title} closeLabel={common.close} onClose={onClose} wide>
      <dl class={css.list}>
        {shortcutsOf(keys.names, /Mac|iPhone|iPad/.test(navigator.userAgent)).map(([name, combinations]) => (
          <div key={name}>
            <dt>{keys[name]}</dt>
            <dd>
              {combinations.map((combination) => (
                <kbd key={combination}>{combination}</kbd>
              ))}
            </dd>
          </div>
        ))}
      </dl>
      <Switch
        label={keys.single}
        hint={keys.singleHint}
        checked={single.value}
        onChange={(checked) => {
          single.value = checked
        }}
      />
    </Dialog>
  )
}

type Name =
  | 'send'
  | 'line'
  | 'editLast'
  | 'stop'
  | 'write'
  | 'search'
  | 'fresh'
  | 'next'
  | 'previous'
  | 'copyLast'
  | 'help'

function shortcutsOf(names: Names, mac: boolean): [Name, string[]][] {
  const command = mac ? names.command : names.ctrl
  const all: [Name, ...string[]][] = [
    ['send', names.enter],
    ['line', names.shift, names.enter],
    ['editLast', names.up],
    ['stop', names.escape],
    ['write', '/'],
    ['search', command, 'K'],
    ['fresh', command, names.shift, 'O'],
    ['next', names.alt, names.shift, names.down],
    ['previous', names.alt, names.shift, names.up],
    ['copyLast', command, names.shift, 'Y'],
    ['help', '?'],
  ]
  return all.map(([name, ...combination]) => [name, combination])
}
