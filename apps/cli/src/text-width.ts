const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })

const wide =
  /\p{Emoji_Presentation}|\uFE0F|[\u1100-\u115F\u2E80-\u303E\u3041-\u33FF\u3400-\u4DBF\u4E00-\uA4CF\uA960-\uA97F\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6\u{1F300}-\u{1FAFF}\u{20000}-\u{3FFFD}]/u
const invisible = /^[\p{Mn}\p{Me}\p{Cf}]+$/u

/** How many columns of a terminal a text takes (Unicode TR 11: East Asian wide characters take two). */
export const widthOf = (text: string): number => {
  let width = 0
  for (const { segment } of graphemes.segment(text))
    width += invisible.test(segment) ? 0 : wide.test(segment) ? 2 : 1
  return width
}
