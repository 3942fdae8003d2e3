import type { Tokens } from 'marked'
import { renderInline } from './inline.tsx'
import type { MarkdownKit } from './kit.ts'
import style from './markdown.module.css'

/** A table, which scrolls within itself where it is wider than the text. */
export function renderTable({ header, rows }: Tokens.Table, kit: MarkdownKit, dir: 'auto' | undefined) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
    <div class={style.table} tabIndex={0} dir={dir}>
      <table>
        <thead>
          <tr>
            {header.map((cell) => (
              <th scope="col" class={alignment(cell)}>
                {renderInline(cell.tokens, kit)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr>
              {row.map((cell) => (
                <td class={alignment(cell)}>{renderInline(cell.tokens, kit)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function alignment({ align }: Tokens.TableCell): string | undefined {
  return align === 'right' ? style.right : align === 'center' ? style.center : undefined
}
