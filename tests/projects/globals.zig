var counter_N: u32 = A_;
const limit_N: u32 = B_ + K_;
var cells_N: [4]u16 = .{ 1, 2, C_, 4 };
const first_N: *u16 = &cells_N[0];
const text_N = "text of feature";

fn step_N() u32 {
    counter_N += 1;
    return counter_N;
}

fn twice_N() u32 {
    return step_N() + step_N();
}

const actions_N = [_]*const fn () u32{ &step_N, &twice_N, &step_N };

pub const k_N: u32 = limit_N % 5 + text_N.len % 3;

pub fn run_N() u32 {
    var total: u32 = 0;
    for (actions_N) |a| total += a();
    first_N.* += 3;
    for (cells_N) |c| total += c;
    if (counter_N > limit_N) total += 100;
    for (text_N) |c| total += c;
    return total;
}
