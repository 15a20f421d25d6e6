fn () void {}
pub fn () void;
extern fn () void;
