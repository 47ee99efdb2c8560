/** Optimizers and schedules in Python: PyTorch's own, and those that it lacks. */
import type { OptimizerDescription, ScheduleDescription } from '@longhand/optimizers';
import { type Description, isRecord } from '@longhand/schema';
import { call, floatText, text } from './python';

/** An optimizer in Python. */
export interface OptimizerText {
  /** A class, where PyTorch has none. */
  readonly definition: string;
  /** What makes it for `network`. */
  readonly made: string;
  /** PyTorch's names of its states, with those of the state's file. */
  readonly states: Readonly<Record<string, string>>;
}

const pair = (one: number, other: number): string => `betas=(${floatText(one)}, ${floatText(other)})`;
const option = (name: string, value: number, usual?: number): string | false =>
  value !== usual && `${name}=${floatText(value)}`;

export function optimizerText(optimizer: OptimizerDescription): OptimizerText {
  const rate = `lr=${floatText(optimizer.learningRate)}`;
  const of = 'network.parameters()';
  switch (optimizer.kind) {
    case 'sgd': {
      const { momentum = 0, nesterov = false, weightDecay = 0 } = optimizer;
      const options = [
        rate,
        option('momentum', momentum, 0),
        nesterov && 'nesterov=True',
        option('weight_decay', weightDecay, 0),
      ];
      return {
        definition: '',
        made: call('torch.optim.SGD', of, ...options),
        states: momentum === 0 ? {} : { momentum_buffer: 'velocity' },
      };
    }
    case 'rmsprop': {
      const { smoothing = 0.99, epsilon = 1e-8, momentum = 0, weightDecay = 0 } = optimizer;
      const options = [rate, option('alpha', smoothing, 0.99), option('eps', epsilon, 1e-8)];
      return {
        definition: '',
        made: call(
          'torch.optim.RMSprop',
          of,
          ...options,
          option('momentum', momentum, 0),
          option('weight_decay', weightDecay, 0),
        ),
        states: { square_avg: 'meanSquare', ...(momentum !== 0 && { momentum_buffer: 'velocity' }) },
      };
    }
    case 'adam':
    case 'adamw': {
      const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = optimizer;
      const { weightDecay = optimizer.kind === 'adam' ? 0 : 0.01 } = optimizer;
      const options = [
        rate,
        pair(beta1, beta2),
        option('eps', epsilon, 1e-8),
        `weight_decay=${floatText(weightDecay)}`,
      ];
      return {
        definition: '',
        made: call(optimizer.kind === 'adam' ? 'torch.optim.Adam' : 'torch.optim.AdamW', of, ...options),
        states: { exp_avg: 'mean', exp_avg_sq: 'meanSquare' },
      };
    }
    case 'lion': {
      const { beta1 = 0.9, beta2 = 0.99, weightDecay = 0 } = optimizer;
      return {
        definition: lionClass,
        made: call('Lion', of, rate, pair(beta1, beta2), `weight_decay=${floatText(weightDecay)}`),
        states: { exp_avg: 'mean' },
      };
    }
    case 'muon': {
      const { learningRate, momentum = 0.95, nesterov = true, weightDecay = 0.1, iterations = 5 } = optimizer;
      const { rateAdjustment = 'original', adamwLearningRate = learningRate, adamwLayers = [] } = optimizer;
      const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = optimizer;
      return {
        definition: muonClass,
        made: call(
          'Muon',
          'network.named_parameters()',
          rate,
          `momentum=${floatText(momentum)}`,
          `nesterov=${nesterov ? 'True' : 'False'}`,
          `weight_decay=${floatText(weightDecay)}`,
          `iterations=${iterations}`,
          `matches_adamw=${rateAdjustment === 'original' ? 'False' : 'True'}`,
          `adamw_lr=${floatText(adamwLearningRate)}`,
          `adamw_layers=[${adamwLayers.map((layer) => text(layer)).join(', ')}]`,
          pair(beta1, beta2),
          `eps=${floatText(epsilon)}`,
        ),
        states: { exp_avg: 'mean', exp_avg_sq: 'meanSquare' },
      };
    }
  }
}

const lionClass = `class Lion(torch.optim.Optimizer):
    """Chen et al., "Symbolic discovery of optimization algorithms", 2023: steps of one size, with a sign for each parameter."""

    def __init__(self, params, lr, betas, weight_decay):
        super().__init__(params, {"lr": lr, "betas": betas, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            beta1, beta2 = group["betas"]
            for parameter in group["params"]:
                mean = self.state[parameter].setdefault("exp_avg", torch.zeros_like(parameter))
                parameter.mul_(1 - group["lr"] * group["weight_decay"])
                parameter.sub_(torch.sign(beta1 * mean + (1 - beta1) * parameter.grad), alpha=group["lr"])
                mean.lerp_(parameter.grad, 1 - beta2)


`;

const muonClass = `def orthogonalized(matrix, iterations):
    """The Newton-Schulz iteration of Muon (Jordan et al., 2024): singular values to about one."""
    is_tall = matrix.size(0) > matrix.size(1)
    x = matrix.T if is_tall else matrix
    x = x / x.norm().clamp(min=1e-7)
    for _ in range(iterations):
        gram = x @ x.T
        x = 3.4445 * x + (2.0315 * gram @ gram - 4.775 * gram) @ x
    return x.T if is_tall else x


class Muon(torch.optim.Optimizer):
    """Muon for the weights, those of convolutions as matrices [out, in * kh * kw]; AdamW for the rest and for some layers.

    In the precision of the parameters, where torch.optim.Muon takes bfloat16.
    """

    def __init__(self, named, lr, adamw_lr, adamw_layers, **options):
        def is_matrix(name, parameter):
            return parameter.ndim >= 2 and not any(name.startswith(f"{layer}.") for layer in adamw_layers)

        named = list(named)
        matrices = [parameter for name, parameter in named if is_matrix(name, parameter)]
        others = [parameter for name, parameter in named if not is_matrix(name, parameter)]
        groups = [{"params": matrices, "muon": True}, {"params": others, "muon": False, "lr": adamw_lr}]
        super().__init__([group for group in groups if group["params"]], {"lr": lr, **options})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for parameter in group["params"]:
                state = self.state[parameter]
                state["step"] = state.get("step", 0) + 1
                mean = state.setdefault("exp_avg", torch.zeros_like(parameter))
                parameter.mul_(1 - group["lr"] * group["weight_decay"])
                parameter.sub_(self.direction(parameter.grad, mean, state, group), alpha=group["lr"])

    def direction(self, grad, mean, state, group):
        if group["muon"]:
            mean.lerp_(grad, 1 - group["momentum"])
            update = grad.lerp(mean, group["momentum"]) if group["nesterov"] else mean
            matrix = update.flatten(1)
            rows, columns = matrix.shape
            factor = 0.2 * max(rows, columns) ** 0.5 if group["matches_adamw"] else max(1, rows / columns) ** 0.5
            return factor * orthogonalized(matrix, group["iterations"]).view_as(grad)
        beta1, beta2 = group["betas"]
        squares = state.setdefault("exp_avg_sq", torch.zeros_like(grad))
        mean.lerp_(grad, 1 - beta1)
        squares.mul_(beta2).addcmul_(grad, grad, value=1 - beta2)
        root = (squares / (1 - beta2 ** state["step"])).sqrt()
        return mean / (1 - beta1 ** state["step"]) / (root + group["eps"])


`;

/** The function \`factor(step, total, per_epoch)\` of the learning rate, in Python. */
export function scheduleText(schedule: ScheduleDescription): string {
  if (schedule.kind !== 'warm-up') return factorText('factor', schedule);
  const { steps, before } = schedule;
  return `${factorText('after_warm_up', before)}

def factor(step, total, per_epoch):
    """The same after ${steps} steps in which the rate rises in a line."""
    rise = min((step + 1) / (${steps} + 1), 1.0)
    return rise * after_warm_up(max(step - ${steps}, 0), max(total - ${steps}, 1), per_epoch)
`;
}

function factorText(name: string, given: Description): string {
  const schedule = given as ScheduleDescription;
  const head = `def ${name}(step, total, per_epoch):
    """The factor of the learning rate at a step, counted from 0: ${schedule.kind}."""
`;
  switch (schedule.kind) {
    case 'constant':
      return `${head}    return 1.0
`;
    case 'step': {
      const { epochs = 1, factor = 0.1 } = schedule;
      return `${head}    return ${floatText(factor)} ** (step // (${epochs} * per_epoch))
`;
    }
    case 'cosine':
      return `${easeText}${head}    return ease(1.0, ${floatText(schedule.end ?? 0)}, step / total)
`;
    case 'one-cycle': {
      const { rise = 0.2, start = 1 / 25, end = 1 / 250_000 } = schedule;
      return `${easeText}${head}    top, last = ${floatText(rise)} * total - 1, total - 1
    if 0 < top and step <= top:
        return ease(${floatText(start)}, 1.0, step / top)
    if last <= top:
        return 1.0
    top = max(top, 0)
    return ease(1.0, ${floatText(end)}, (step - top) / ((last - top) or 1))
`;
    }
    case 'warm-up':
      return isRecord(schedule.before) ? factorText(name, schedule.before) : '';
  }
}

const easeText = `def ease(start, end, progress):
    """From start to end along half a cosine."""
    return end + (start - end) * (1 + math.cos(math.pi * progress)) / 2


`;
