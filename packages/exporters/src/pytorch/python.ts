/** How things are written in Python. */

/** What a module of PyTorch's has already, or what Python takes for itself: no layer can be called so. */
const taken = new Set(
  `append apply bfloat16 buffers call_super_init children compile cpu cuda double dump_patches eval extend extra_repr False float
  forward get_buffer get_extra_state get_parameter get_submodule half insert ipu load_state_dict modules mtia named_buffers
  named_children named_modules named_parameters None parameters pop register_backward_hook register_buffer register_forward_hook
  register_forward_pre_hook register_full_backward_hook register_full_backward_pre_hook register_load_state_dict_post_hook
  register_load_state_dict_pre_hook register_module register_parameter register_state_dict_post_hook register_state_dict_pre_hook
  requires_grad_ set_extra_state set_submodule share_memory state_dict to to_empty train training True type xpu zero_grad`.split(
    /\s+/,
  ),
);

/**
 * The name of a module, once: other characters than letters, digits and `_` are replaced.
 *
 * @example pythonName('train', new Set()) // 'train_'
 */
export function pythonName(given: string, others: Set<string>): string {
  const plain = given.replace(/\W/g, '_');
  let name = taken.has(plain) || plain.startsWith('__') ? `${plain}_` : plain;
  while (others.has(name)) name += '_';
  others.add(name);
  return name;
}

/** A text in quotes. */
export function text(value: string): string {
  // What JSON escapes, Python reads alike; lone surrogates aside, which no text file holds.
  return JSON.stringify(value);
}

/** A call, without the arguments that are false. */
export function call(name: string, ...given: readonly (string | false)[]): string {
  return `${name}(${given.filter((argument) => argument !== false).join(', ')})`;
}

/** One number where all are equal, else a tuple. */
export function numbersText(numbers: readonly number[]): string {
  if (numbers.every((number) => number === numbers[0])) return String(numbers[0]);
  return `(${numbers.join(', ')})`;
}

/** A float, which in Python has a point or an exponent. */
export function floatText(value: number): string {
  const plain = String(value);
  return /^-?\d+$/.test(plain) ? `${plain}.0` : plain;
}

/** A docstring's line: what would end it is replaced. */
export function commentText(value: string): string {
  return value.replace(/[\\"\p{Control}]/gu, '_');
}
