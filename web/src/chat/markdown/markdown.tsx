import { Component } from 'preact'
import { useMemo } from 'preact/hooks'
import { type Block, createBlocks } from './blocks.ts'
import type { MarkdownKit } from './kit.ts'
import style from './markdown.module.css'
import { renderBlock } from './render.tsx'

interface MarkdownProps {
  text: string
  /** Whether more text may still come. */
  open?: boolean
  kit: MarkdownKit
}

/** A message as it is meant to be read. While it grows, only its last block is made anew. */
export function Markdown({ text, open = false, kit }: MarkdownProps) {
  const blocks = useMemo(createBlocks, [])
  return (
    <div class={style.markdown}>
      {blocks.update(text, !open).map((block, index) => (
        // A block keeps its place for as long as the text before it stays.
        <BlockView key={index} block={block} kit={kit} />
      ))}
    </div>
  )
}

interface BlockProps {
  block: Block
  kit: MarkdownKit
}

class BlockView extends Component<BlockProps> {
  override shouldComponentUpdate({ block, kit }: BlockProps): boolean {
    const shown = this.props
    return shown.kit !== kit || shown.block.token !== block.token || shown.block.open !== block.open
  }

  render({ block, kit }: BlockProps) {
    return <>{renderBlock(block.token, kit, block.open)}</>
  }
}
