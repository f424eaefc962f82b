# Not in the paper: the camera's motion is undone, flicker does not count, and each clip says how
# much of it is foreground. The README shows what that does to the masks.
_base_ = './i3d_k400.py'

fame = dict(type='FAME', preset='robust')
model = dict(data_preprocessor=dict(views=dict(query=[fame, *_base_.colour])))
