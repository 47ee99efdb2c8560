import { describe, expect, test } from 'vitest';
import { styles } from './styles';

describe('styles', () => {
  test('dress text, or with color off change nothing', () => {
    expect(styles({ color: true }).bold('7')).toBe('\u001b[1m7\u001b[22m');
    expect(styles({ color: true }).red('')).toBe('');
    for (const style of Object.values(styles({ color: false }))) expect(style('7')).toBe('7');
  });

  test('go on after a style inside them that ends with the same code', () => {
    const { bold, dim, green, red } = styles({ color: true });
    expect(bold(`a${dim('b')}c`)).toBe('\u001b[1ma\u001b[2mb\u001b[22m\u001b[1mc\u001b[22m');
    expect(red(`a${green('b')}c`)).toBe('\u001b[31ma\u001b[32mb\u001b[39m\u001b[31mc\u001b[39m');
  });
});
