const Animal_N = struct {
    context: *const anyopaque,
    speak: *const fn (*const anyopaque, u32) u32,

    fn call(self: Animal_N, times: u32) u32 {
        return self.speak(self.context, times);
    }
};

const Dog_N = struct {
    volume: u32,

    fn speak(context: *const anyopaque, times: u32) u32 {
        const self: *const Dog_N = @ptrCast(@alignCast(context));
        return self.volume * times + A_;
    }

    fn animal(self: *const Dog_N) Animal_N {
        return .{ .context = self, .speak = &speak };
    }
};

const Cat_N = struct {
    lives: u32 = 9,
    mood: enum { calm, angry } = .calm,

    fn speak(context: *const anyopaque, times: u32) u32 {
        const self: *const Cat_N = @ptrCast(@alignCast(context));
        return switch (self.mood) {
            .calm => self.lives,
            .angry => self.lives * times,
        };
    }

    fn animal(self: *const Cat_N) Animal_N {
        return .{ .context = self, .speak = &Cat_N.speak };
    }
};

pub const k_N: u32 = @sizeOf(Animal_N) / 8 + K_;

pub fn run_N() u32 {
    const dog: Dog_N = .{ .volume = B_ };
    const cat: Cat_N = .{ .mood = .angry };
    const all = [_]Animal_N{ dog.animal(), cat.animal() };
    var total: u32 = 0;
    for (all, 1..) |a, i| total += a.call(@intCast(i)) * C_;
    return total;
}
