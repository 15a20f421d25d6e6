//! How instructions and words are kept once a member is lowered: in half of the room or less. IR stays for as
//! long as its text stands, and there is as much of it as there is text.
//!
//! Nearly all numbers of a member are small. One of 16 bits stands for itself or for one of the great ones
//! that mean something ([`narrow`]). What does not fit is kept as it is.

use syntax::{Name, NodeId, Tok};

use super::{Args, BinOp, Body, CallModifier, FieldInits, Inst, InstId, Names, Ref, Refs, UnOp};

/// Instructions; while a member is lowered, as they are.
#[derive(Clone, PartialEq, Debug)]
pub enum Insts {
    /// Under construction.
    Plain(Vec<Inst>),
    /// A tag with a small operand, and two operands or one of 32 bits; and those that do not fit that form.
    Packed(Box<[[u16; 3]]>, Box<[Inst]>),
}

/// Words; while a member is lowered, as they are.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Words {
    /// Under construction, or not all of them fit.
    Plain(Vec<u32>),
    /// Made by [`narrow`].
    Packed(Box<[u16]>),
}

/// Well-known operands begin here, in either form.
const PRIM: u16 = 0x8000;
const OWNER: u16 = 0x7fff;
const NONE: u16 = 0xffff;

/// 16 bits for a number below 2^15 - 1, a well-known operand, no operand, or the owner of a body.
fn narrow(word: u32) -> Option<u16> {
    Some(match word {
        u32::MAX => NONE,
        w if w == InstId::OWNER.0 => OWNER,
        w if w < u32::from(OWNER) => w as u16,
        w if (Ref::PRIM_BASE..Ref::PRIM_BASE + u32::from(NONE - PRIM)).contains(&w) => {
            PRIM | (w - Ref::PRIM_BASE) as u16
        }
        _ => return None,
    })
}

fn widen(half: u16) -> u32 {
    match half {
        NONE => u32::MAX,
        OWNER => InstId::OWNER.0,
        h if h < PRIM => u32::from(h),
        h => Ref::PRIM_BASE + u32::from(h - PRIM),
    }
}

impl Words {
    /// One of them.
    pub fn get(&self, at: usize) -> Option<u32> {
        match self {
            Words::Plain(w) => w.get(at).copied(),
            Words::Packed(w) => w.get(at).copied().map(widen),
        }
    }
    /// How many there are.
    pub fn len(&self) -> usize {
        match self {
            Words::Plain(w) => w.len(),
            Words::Packed(w) => w.len(),
        }
    }
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// Adds one, while they are not packed.
    pub(crate) fn push(&mut self, word: u32) {
        self.extend([word]);
    }
    /// Adds some, while they are not packed.
    pub(crate) fn extend(&mut self, words: impl IntoIterator<Item = u32>) {
        if let Words::Plain(w) = self {
            w.extend(words);
        }
    }
    /// Replaces one, while they are not packed.
    pub(crate) fn set(&mut self, at: usize, word: u32) {
        if let Words::Plain(w) = self
            && let Some(slot) = w.get_mut(at)
        {
            *slot = word;
        }
    }
    /// Takes less room from now on.
    pub(crate) fn pack(&mut self) {
        let Words::Plain(w) = self else { return };
        // Vectors grow in steps: what is left over of the last would stay as well.
        let packed: Option<Box<[u16]>> = w.iter().all(|w| narrow(*w).is_some()).then(|| {
            let mut out = Vec::with_capacity(w.len());
            out.extend(w.iter().filter_map(|w| narrow(*w)));
            out.into_boxed_slice()
        });
        match packed {
            Some(p) => *self = Words::Packed(p),
            None => w.shrink_to_fit(),
        }
    }
}

/// Numbers of 32 bits, whatever they mean.
trait Word {
    fn word(self) -> u32;
    fn of(word: u32) -> Self;
}

macro_rules! words {
    ($($t:ident)*) => {
        $(impl Word for $t {
            fn word(self) -> u32 { self.0 }
            fn of(word: u32) -> $t { $t(word) }
        })*
    };
}
words!(Ref InstId Body Refs Names Args FieldInits Name Tok NodeId);

impl Word for u32 {
    fn word(self) -> u32 {
        self
    }
    fn of(word: u32) -> u32 {
        word
    }
}

fn one(tag: Tag, small: u8, word: u32) -> Option<[u16; 3]> {
    Some([u16::from(tag as u8) | u16::from(small) << 8, word as u16, (word >> 16) as u16])
}

fn two(tag: Tag, small: u8, a: u32, b: u32) -> Option<[u16; 3]> {
    Some([u16::from(tag as u8) | u16::from(small) << 8, narrow(a)?, narrow(b)?])
}

/// The common instructions, by form: without operands, with one, with two.
macro_rules! common {
    (none: $($none:ident)*; one: $($one:ident)*; two: $($two:ident { $a:ident, $b:ident })*) => {
        #[derive(Clone, Copy)]
        #[repr(u8)]
        enum Tag { Other, Int, Bin, Un, InplaceArithResultTy, Alloc, Call, $($none,)* $($one,)* $($two,)* }

        fn pack(inst: Inst) -> Option<[u16; 3]> {
            match inst {
                $(Inst::$none => one(Tag::$none, 0, 0),)*
                $(Inst::$one(x) => one(Tag::$one, 0, x.word()),)*
                $(Inst::$two { $a, $b } => two(Tag::$two, 0, $a.word(), $b.word()),)*
                Inst::Int(v) => one(Tag::Int, 0, u32::try_from(v).ok()?),
                Inst::Bin { op, lhs, rhs } => two(Tag::Bin, op as u8, lhs.0, rhs.0),
                Inst::Un { op, operand } => one(Tag::Un, op as u8, operand.0),
                Inst::InplaceArithResultTy { op, lhs } => one(Tag::InplaceArithResultTy, op as u8, lhs.0),
                Inst::Alloc { is_const, is_comptime, ty, align } => {
                    two(Tag::Alloc, u8::from(is_const) | u8::from(is_comptime) << 1, ty.0, align.0)
                }
                Inst::Call { modifier, callee, args } => two(Tag::Call, modifier as u8, callee.0, args.0),
                _ => None,
            }
        }

        fn unpack([head, x, y]: [u16; 3], others: &[Inst]) -> Inst {
            let (tag, small) = (head as u8, (head >> 8) as u8);
            let word = || u32::from(x) | u32::from(y) << 16;
            let (a, b) = (|| Ref(widen(x)), || Ref(widen(y)));
            let bin = || BinOp::ALL.get(usize::from(small)).copied();
            match tag {
                $(t if t == Tag::$none as u8 => Inst::$none,)*
                $(t if t == Tag::$one as u8 => Inst::$one(Word::of(word())),)*
                $(t if t == Tag::$two as u8 => Inst::$two { $a: Word::of(widen(x)), $b: Word::of(widen(y)) },)*
                t if t == Tag::Int as u8 => Inst::Int(u64::from(word())),
                t if t == Tag::Bin as u8 => bin().map_or(Inst::Failed, |op| Inst::Bin { op, lhs: a(), rhs: b() }),
                t if t == Tag::Un as u8 => {
                    let op = UnOp::ALL.get(usize::from(small)).copied();
                    op.map_or(Inst::Failed, |op| Inst::Un { op, operand: Ref(word()) })
                }
                t if t == Tag::InplaceArithResultTy as u8 => {
                    bin().map_or(Inst::Failed, |op| Inst::InplaceArithResultTy { op, lhs: Ref(word()) })
                }
                t if t == Tag::Alloc as u8 => {
                    Inst::Alloc { is_const: small & 1 != 0, is_comptime: small & 2 != 0, ty: a(), align: b() }
                }
                t if t == Tag::Call as u8 => {
                    let modifier = match small {
                        0 => CallModifier::Auto,
                        1 => CallModifier::CompileTime,
                        _ => CallModifier::NoSuspend,
                    };
                    Inst::Call { modifier, callee: a(), args: Args(widen(y)) }
                }
                _ => others.get(word() as usize).copied().unwrap_or(Inst::Failed),
            }
        }
    };
}
common! {
    none: Hole Failed Repeat RepeatInline Unreachable RetPtr RetType;
    one: Param EnumLiteral ErrorValue DeclVal DeclRef DbgStmt ElemType IndexablePtrElemType ValidateRefTy
        OptEuBasePtrInit TypeOf TypeOfLog2Int TypeOfBuiltin ResolveInferredAlloc MakePtrConst ValidateConst Load Ref
        ValidateDeref IndexablePtrLen ForLen Slice SliceSentinelTy IsNonNull IsNonNullPtr IsNonErr IsNonErrPtr
        RetIsNonErr OptionalPayloadSafe OptionalPayloadSafePtr OptionalPayloadUnsafe OptionalPayloadUnsafePtr
        ErrUnionPayloadUnsafe ErrUnionPayloadUnsafePtr ErrUnionCode ErrUnionCodePtr EnsureResultUsed
        EnsureResultNonError EnsureErrUnionPayloadVoid Block BlockInline Loop Switch CheckComptimeControlFlow Defer
        Ret RetLoad RetImplicit RetErrValue RetErrValueCode StructInitEmpty StructInitEmptyResult
        StructInitEmptyRefResult StructInitAnon ValidateStructInitTy ValidateStructInitResultTy
        ValidatePtrStructInit ArrayInitAnon ValidatePtrArrayInit PtrType OptionalType ErrorSet FnType Container;
    two: Str { start, len } BoolAnd { lhs, rhs } BoolOr { lhs, rhs } DbgVarPtr { name, ptr } DbgVarVal { name, val }
        As { ty, operand } AsShiftOperand { ty, operand } CoercePtrElemTy { ptr_ty, value } Store { ptr, value }
        StoreToInferredPtr { ptr, value } FieldVal { lhs, name } FieldPtr { ptr, name } ElemVal { lhs, index }
        ElemPtr { ptr, index } ForElemVal { lhs, index } ForElemPtr { ptr, index } Try { operand, body }
        TryPtr { operand, body } Break { target, value } BreakInline { target, value }
        SwitchContinue { target, value } ValidateArrayInitTy { ty, len } ValidateArrayInitResultTy { ty, len }
        ArrayInitElemType { ty, index } ArrayInitElemPtr { ptr, index } ArrayType { len, elem }
        ErrorUnionType { set, payload }
}

impl Insts {
    /// One of them.
    pub fn get(&self, at: usize) -> Option<Inst> {
        match self {
            Insts::Plain(insts) => insts.get(at).copied(),
            Insts::Packed(insts, others) => insts.get(at).map(|i| unpack(*i, others)),
        }
    }
    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = Inst> + '_ {
        (0..self.len()).filter_map(|i| self.get(i))
    }
    /// How many there are.
    pub fn len(&self) -> usize {
        match self {
            Insts::Plain(insts) => insts.len(),
            Insts::Packed(insts, _) => insts.len(),
        }
    }
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// Adds one, while they are not packed.
    pub(crate) fn push(&mut self, inst: Inst) {
        if let Insts::Plain(insts) = self {
            insts.push(inst);
        }
    }
    /// Replaces one, while they are not packed.
    pub(crate) fn set(&mut self, at: usize, inst: Inst) {
        if let Insts::Plain(insts) = self
            && let Some(slot) = insts.get_mut(at)
        {
            *slot = inst;
        }
    }
    /// Takes less room from now on.
    pub(crate) fn pack(&mut self) {
        let Insts::Plain(insts) = self else { return };
        let mut others = Vec::new();
        let mut out = Vec::with_capacity(insts.len());
        for &inst in insts.iter() {
            out.push(pack(inst).unwrap_or_else(|| {
                let at = others.len();
                others.push(inst);
                [u16::from(Tag::Other as u8), at as u16, (at >> 16) as u16]
            }));
        }
        *self = Insts::Packed(out.into_boxed_slice(), others.into_boxed_slice());
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may fail loudly")]
mod tests {
    use super::*;
    use crate::inst::Prim;

    #[test]
    fn numbers_come_back_or_do_not_fit() {
        let last = Ref::PRIM_BASE + 0x7ffe;
        let fit = [0, 1, 0x7ffe, Ref::PRIM_BASE, last, InstId::OWNER.0, u32::MAX, Ref::prim(Prim::One).0];
        for w in fit {
            assert_eq!(widen(narrow(w).unwrap()), w, "{w:x}");
        }
        for w in [0x7fff, 0x8000, 0xffff, 1 << 20, last + 1, InstId::OWNER.0 - 1, u32::MAX - 1] {
            assert_eq!(narrow(w), None, "{w:x}");
        }
    }

    #[test]
    fn instructions_come_back() {
        let big = Ref(40_000);
        let mut all = vec![
            Inst::Failed,
            Inst::Int(7),
            Inst::Int(1 << 40),
            Inst::Load(big),
            Inst::Store { ptr: Ref(3), value: Ref::NONE },
            Inst::Store { ptr: big, value: Prim::One.into() },
            Inst::BreakInline { target: InstId::OWNER, value: Prim::VoidValue.into() },
            Inst::Alloc { is_const: true, is_comptime: false, ty: Ref(1), align: Ref::NONE },
            Inst::Alloc { is_const: false, is_comptime: true, ty: Ref(1), align: Ref::NONE },
            Inst::Call { modifier: CallModifier::NoSuspend, callee: Ref(9), args: Args(70) },
            Inst::Call { modifier: CallModifier::CompileTime, callee: Ref(9), args: Args(70) },
            Inst::FieldCall { modifier: CallModifier::Auto, ptr: Ref(1), name: Name(2), args: Args(3) },
            Inst::DeclVal(Name(1 << 30)),
        ];
        all.extend(BinOp::ALL.map(|op| Inst::Bin { op, lhs: Ref(1), rhs: Ref(2) }));
        all.extend(BinOp::ALL.map(|op| Inst::InplaceArithResultTy { op, lhs: big }));
        all.extend(UnOp::ALL.map(|op| Inst::Un { op, operand: big }));
        let mut packed = Insts::Plain(all.clone());
        packed.pack();
        assert_eq!(packed.iter().collect::<Vec<_>>(), all);
    }

    #[test]
    fn words_come_back() {
        for words in [vec![1, 2, u32::MAX], vec![1, 0x9000], vec![]] {
            let mut packed = Words::Plain(words.clone());
            packed.pack();
            assert_eq!((0..packed.len()).filter_map(|i| packed.get(i)).collect::<Vec<_>>(), words);
        }
    }
}
